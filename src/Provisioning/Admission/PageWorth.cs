namespace Provision.Provisioning.Admission;

/// <summary>What a page of the feed was worth to the node.</summary>
public enum PageWorth
{
    /// <summary>It was empty, or all of it was passed over.</summary>
    Nothing,

    /// <summary>All that was not passed over was in the journal already.</summary>
    Known,

    /// <summary>Something of it is new in the journal.</summary>
    News,
}

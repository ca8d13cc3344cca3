namespace Provision.Provisioning.Admission;

/// <summary>What became of a file that was imported.</summary>
public enum ImportOutcome
{
    /// <summary>Its reservation is in the journal now.</summary>
    Taken,

    /// <summary>Its reservation was in the journal already, whatever became of it there.</summary>
    Known,

    /// <summary>Its reservation cannot be carried out here; nothing of it was kept.</summary>
    Refused,

    /// <summary>It holds no reservation.</summary>
    Broken,
}

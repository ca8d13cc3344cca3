namespace Provision.Reservations;

/// <summary>What became of a workload. Zero-OS knows the first two.</summary>
public enum ReceiptState
{
    /// <summary>It is there, as ordered.</summary>
    Ok,

    /// <summary>It could not be made, or not removed yet; the fault says why. A later receipt says when nothing is left.</summary>
    Error,

    /// <summary>The order was not taken up; the fault says why. Nothing was made, and nothing more is said of it.</summary>
    Refused,

    /// <summary>It was there and something of it is broken; the node keeps trying to make it whole.</summary>
    Degraded,

    /// <summary>The lease is over; its data is kept for the grace period and then destroyed, unless the owner extends the lease.</summary>
    Expired,

    /// <summary>Nothing of it is left.</summary>
    Deleted,
}

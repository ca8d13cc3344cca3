namespace Provision.Reservations;

/// <summary>What became of a workload. Zero-OS knows the first two.</summary>
public enum ReceiptState
{
    /// <summary>It is there, as ordered.</summary>
    Ok,

    /// <summary>It could not be made, or cannot be removed; the fault says why.</summary>
    Error,

    /// <summary>It was there and something of it is broken; the node keeps trying to make it whole.</summary>
    Degraded,

    /// <summary>The lease is over; its data is kept for the grace period and then destroyed, unless the owner extends the lease.</summary>
    Expired,

    /// <summary>Nothing of it is left.</summary>
    Deleted,
}

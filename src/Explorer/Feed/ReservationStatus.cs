namespace Provision.Explorer.Feed;

/// <summary>What an explorer makes of a reservation's orders and receipts, for people. The receipts are the truth.</summary>
public enum ReservationStatus
{
    /// <summary>The node has said nothing yet.</summary>
    Pending,

    /// <summary>The workload is there, as ordered.</summary>
    Live,

    /// <summary>Something of it is broken; the node keeps trying.</summary>
    Degraded,

    /// <summary>It could not be made, or cannot be removed.</summary>
    Error,

    /// <summary>The node did not take it up.</summary>
    Refused,

    /// <summary>The lease is over; the node keeps the data for its grace period.</summary>
    Expired,

    /// <summary>The owner cancelled; the node has not said yet that nothing is left.</summary>
    Cancelling,

    /// <summary>Nothing of it is left.</summary>
    Deleted,
}

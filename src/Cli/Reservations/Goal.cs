namespace Provision.Cli.Reservations;

/// <summary>What somebody waits for.</summary>
internal enum Goal
{
    /// <summary>The workload is there, as ordered.</summary>
    Live,

    /// <summary>The lease is over; data may still be kept for the grace period.</summary>
    Over,

    /// <summary>Nothing of it is left.</summary>
    Deleted,
}

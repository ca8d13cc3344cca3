namespace Provision.Cli.Reservations;

/// <summary>What somebody waits for.</summary>
internal enum Goal
{
    /// <summary>The workload is there, as ordered.</summary>
    Live,

    /// <summary>Nothing of it is left.</summary>
    Deleted,
}

namespace Provision.Grid;

/// <summary>How a grid is set up.</summary>
/// <param name="Simulated">A node whose machine is in memory; otherwise root is needed.</param>
public sealed record GridOptions(bool Simulated)
{
    /// <summary>How long the node keeps data after its lease, hours.</summary>
    public int GraceHours { get; init; } = 24;

    /// <summary>The node's pool, GiB. Not all of it can be promised.</summary>
    public int PoolSizeGiB { get; init; } = 2;

    /// <summary>The node takes orders of Zero-OS from its feed, too.</summary>
    public bool ZeroOs { get; init; }
}

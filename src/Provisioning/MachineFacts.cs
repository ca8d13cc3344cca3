using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Provisioning;

/// <summary>What a plan may know of the machine: what there is, and what is promised already.</summary>
/// <param name="Pools">The pools, each with what is promised of it.</param>
public sealed record MachineFacts(IReadOnlyList<PoolFacts> Pools);

/// <summary>A pool to a planner.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it is made of.</param>
/// <param name="Size">All of it.</param>
/// <param name="Promised">What live orders have been promised, used or not.</param>
public sealed record PoolFacts(string Name, DiskType Type, ByteSize Size, ByteSize Promised)
{
    /// <summary>What can still be promised.</summary>
    public ByteSize Free => Promised < Size ? Size - Promised : ByteSize.Zero;
}

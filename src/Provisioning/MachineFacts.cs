using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Provisioning;

/// <summary>What a plan may know of the machine: what there is, and what is promised already.</summary>
/// <param name="Pools">The pools, each with what is promised of it.</param>
public sealed record MachineFacts(IReadOnlyList<PoolFacts> Pools)
{
    /// <summary>Logical processors.</summary>
    public int Cores { get; init; }

    /// <summary>Memory that may be leased.</summary>
    public ByteSize Memory { get; init; }

    /// <summary>What of it live orders have been promised.</summary>
    public ByteSize MemoryPromised { get; init; }

    /// <summary>The volumes of whoever ordered, and nobody else's, that are here or on their way and whose lease runs.</summary>
    public IEnumerable<VolumeFacts> Volumes { get; init; } = [];

    /// <summary>The private networks of whoever ordered, and nobody else's.</summary>
    public IEnumerable<NetworkFacts> Networks { get; init; } = [];

    /// <summary>How many private networks there are, of whoever ordered and of everybody else.</summary>
    public int NetworksOfAll { get; init; }
}

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

/// <summary>A volume to a planner.</summary>
/// <param name="Id">The explorer's alias of its order.</param>
/// <param name="Order">Its order.</param>
/// <param name="Name">Where it is.</param>
public sealed record VolumeFacts(ReservationId Id, Digest Order, VolumeName Name);

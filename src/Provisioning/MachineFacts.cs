using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Provisioning;

/// <summary>What a plan may know of the machine: what of it is offered, and what is promised already.</summary>
/// <param name="Pools">The pools, each with what is promised of it.</param>
public sealed record MachineFacts(IReadOnlyList<PoolFacts> Pools)
{
    /// <summary>Logical processors: the most that one order can have.</summary>
    public int Cores { get; init; }

    /// <summary>The most cores that are promised in all; null: they are shared by as many orders as there are.</summary>
    public long? CoresBound { get; init; }

    /// <summary>What open orders have been promised of the cores.</summary>
    public long CoresPromised { get; init; }

    /// <summary>What can still be promised of the cores in all.</summary>
    public long CoresLeft => CoresBound is { } bound ? Math.Max(0, bound - CoresPromised) : Cores;

    /// <summary>Memory that is offered.</summary>
    public ByteSize Memory { get; init; }

    /// <summary>What of it open orders have been promised.</summary>
    public ByteSize MemoryPromised { get; init; }

    /// <summary>Both.</summary>
    public Portion MemoryPortion => new(Memory, MemoryPromised);

    /// <summary>The volumes of whoever ordered, and nobody else's, that are here or on their way and whose lease runs.</summary>
    public IEnumerable<VolumeFacts> Volumes { get; init; } = [];

    /// <summary>The private networks of whoever ordered, and nobody else's.</summary>
    public IEnumerable<NetworkFacts> Networks { get; init; } = [];

    /// <summary>How many private networks there are, of whoever ordered and of everybody else.</summary>
    public int NetworksOfAll { get; init; }

    /// <summary>What is offered and promised of all pools of a type together.</summary>
    public Portion PortionOf(DiskType type)
    {
        var pools = Pools.Where(pool => pool.Type == type).ToList();
        var offered = new ByteSize(pools.Sum(pool => pool.Size.Bytes));
        return new Portion(
            pools.FirstOrDefault()?.Bound is { } bound && bound.Offered < offered ? bound.Offered : offered,
            new ByteSize(pools.Sum(pool => pool.Promised.Bytes)));
    }

    /// <summary>What can still be promised of all pools of a type together.</summary>
    public ByteSize LeftOf(DiskType type)
    {
        var pools = Pools.Where(pool => pool.Type == type).ToList();
        var left = new ByteSize(pools.Sum(pool => pool.Own.Left.Bytes));
        return pools.FirstOrDefault()?.Bound is { } bound && bound.Left < left ? bound.Left : left;
    }
}

/// <summary>A pool to a planner.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it is made of.</param>
/// <param name="Size">What of it is offered, if there is no <paramref name="Bound"/>.</param>
/// <param name="Promised">What open orders have been promised, used or not.</param>
/// <param name="Bound">What is offered and promised of all pools of its type together; null: no less than what they have.</param>
public sealed record PoolFacts(string Name, DiskType Type, ByteSize Size, ByteSize Promised, Portion? Bound = null)
{
    /// <summary>What is offered and promised of this pool alone.</summary>
    public Portion Own => new(Size, Promised);

    /// <summary>Which of the two has less left.</summary>
    public Portion Tighter => Bound is { } bound && bound.Left < Own.Left ? bound : Own;

    /// <summary>What can still be promised.</summary>
    public ByteSize Free => Tighter.Left;
}

/// <summary>A volume to a planner.</summary>
/// <param name="Id">The explorer's alias of its order.</param>
/// <param name="Order">Its order.</param>
/// <param name="Name">Where it is.</param>
public sealed record VolumeFacts(ReservationId Id, Digest Order, VolumeName Name);

using Provision.Machine;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Provisioning;

/// <summary>
/// What the farmer of a node decided: who may order, what is offered, and what is kept for the system. It is asked about new orders only:
/// what was accepted before runs on whatever the policy says now, and its user may extend it.
/// </summary>
public sealed record Policy
{
    /// <summary>Who may order; null: everybody.</summary>
    public IReadOnlySet<UserId>? Users { get; init; }

    /// <summary>The kinds that are offered; null: all that the node provides.</summary>
    public IReadOnlySet<string>? Kinds { get; init; }

    /// <summary>True: none of them is offered.</summary>
    public bool Cordoned { get; init; }

    /// <summary>The most that is promised in all.</summary>
    public UnitBounds Bounds { get; init; } = new();

    /// <summary>Memory that is kept for the system; null: what the machine takes for enough (<see cref="MachineSize.Reserve"/>).</summary>
    public ByteSize? MemoryReserve { get; init; }

    /// <summary>Space of each pool that is kept: images are unpacked there, too, and no order claims what they take.</summary>
    public ByteSize PoolReserve { get; init; }

    /// <summary>What is left of it for leases that were made elsewhere: the reserves, without which the machine is not safe.</summary>
    public Policy OnlyReserves => new() { MemoryReserve = MemoryReserve, PoolReserve = PoolReserve };

    /// <summary>True when the kind is offered.</summary>
    public bool Offers(string kind) => !Cordoned && Kinds?.Contains(kind) != false;

    /// <summary>What is offered of the machine's memory.</summary>
    public ByteSize MemoryOf(MachineSize size) => Least(Rest(size.Memory, MemoryReserve ?? size.Reserve), GiB(Bounds.Mru));

    /// <summary>What is offered of a pool, if there is no other of its type.</summary>
    public ByteSize SizeOf(Pool pool) => Rest(pool.Size, PoolReserve);

    /// <summary>The most that is promised of all pools of a type together; null: what they have.</summary>
    public ByteSize? BoundOf(DiskType type) => GiB(type == DiskType.Ssd ? Bounds.Sru : Bounds.Hru);

    /// <summary>What is wrong with it on a node that provides these kinds.</summary>
    public IEnumerable<Problem> Check(IEnumerable<string> provided)
    {
        foreach (var kind in (Kinds ?? new HashSet<string>()).Except(provided).Order(StringComparer.Ordinal))
        {
            yield return new Problem("/policy/kinds", $"names {kind}", $"choose from {string.Join(", ", provided)}");
        }

        foreach (var problem in Bounds.Check())
        {
            yield return problem with { Pointer = $"/policy/bounds/{problem.Pointer}" };
        }

        foreach (var (name, reserve) in new[] { ("memory_reserve", MemoryReserve ?? default), ("pool_reserve", PoolReserve) })
        {
            if (reserve < ByteSize.Zero)
            {
                yield return new Problem($"/policy/{name}", $"is {reserve}", "give nothing, or more");
            }
        }
    }

    private static ByteSize Rest(ByteSize whole, ByteSize reserve) => reserve < whole ? whole - reserve : ByteSize.Zero;

    private static ByteSize Least(ByteSize one, ByteSize? other) => other is { } bound && bound < one ? bound : one;

    private static ByteSize? GiB(long? units) => units is { } count ? ByteSize.GiB((ulong)count) : null;
}

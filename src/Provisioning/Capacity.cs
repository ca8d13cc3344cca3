using Provision.Machine;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Registration;

namespace Provision.Provisioning;

/// <summary>
/// What a node has, offers, has promised and has left, in units. What there is, is rounded down, and what is promised is rounded up, so
/// that nobody is told of more than there is. Not what <see cref="Counters"/> count, which is how Zero-OS counts each order.
/// </summary>
/// <param name="Machine">What the machine has.</param>
/// <param name="Offered">What may be promised of it in all.</param>
/// <param name="Promised">What open orders have been promised.</param>
/// <param name="Left">What can still be promised in all; of disk perhaps not to one order, which takes it from one pool.</param>
/// <param name="SharesCores">True: the sum of the cores has no bound, and all that are offered are always left.</param>
public sealed record Capacity(
    ResourceUnits Machine, ResourceUnits Offered, ResourceUnits Promised, ResourceUnits Left, bool SharesCores)
{
    /// <summary>The capacity of a machine of which a plan is told these facts.</summary>
    public static Capacity Of(MachineSize size, IReadOnlyList<Pool> pools, MachineFacts facts)
    {
        var (flash, disks) = (facts.PortionOf(DiskType.Ssd), facts.PortionOf(DiskType.Hdd));
        var memory = facts.MemoryPortion;
        var cores = facts.CoresBound ?? facts.Cores;
        return new Capacity(
            new(size.Cores, Floor(size.Memory), Floor(Sum(DiskType.Ssd)), Floor(Sum(DiskType.Hdd))),
            new(cores, Floor(memory.Offered), Floor(flash.Offered), Floor(disks.Offered)),
            new(facts.CoresPromised, Ceiling(memory.Promised), Ceiling(flash.Promised), Ceiling(disks.Promised)),
            new(facts.CoresLeft, Floor(memory.Left), Floor(facts.LeftOf(DiskType.Ssd)), Floor(facts.LeftOf(DiskType.Hdd))),
            facts.CoresBound is null);

        ByteSize Sum(DiskType type) => new(pools.Where(pool => pool.Type == type).Sum(pool => pool.Size.Bytes));
    }

    /// <summary>What of it goes into the node's registration.</summary>
    public NodeOffer ToOffer(bool allUsers) => new(Machine, Offered, allUsers);

    private static long Floor(ByteSize size) => size.Bytes / ByteSize.PerGiB;

    private static long Ceiling(ByteSize size) => (size.Bytes / ByteSize.PerGiB) + (size.Bytes % ByteSize.PerGiB > 0 ? 1 : 0);
}

using Provision.Machine;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Provisioning.Tests.Policies;

/// <summary>What a policy leaves of a machine, in bytes and in units.</summary>
public sealed class CapacityTests
{
    private const long MiB = 1L << 20;
    private static readonly MachineSize Size = new(8, new ByteSize((16 * ByteSize.PerGiB) + (700 * MiB))) { Reserve = ByteSize.GiB(2) };

    [Fact]
    public void The_machine_keeps_what_it_takes_for_enough_or_what_its_farmer_says()
    {
        Assert.Equal(new ByteSize((14 * ByteSize.PerGiB) + (700 * MiB)), new Policy().MemoryOf(Size));
        Assert.Equal(Size.Memory, new Policy { MemoryReserve = ByteSize.Zero }.MemoryOf(Size));
        Assert.Equal(ByteSize.Zero, new Policy { MemoryReserve = ByteSize.GiB(17) }.MemoryOf(Size));
        Assert.Equal(ByteSize.GiB(3), new Policy { Bounds = new(Mru: 3) }.MemoryOf(Size));
        Assert.Equal(new Policy().MemoryOf(Size), new Policy { Bounds = new(Mru: ResourceUnits.Max) }.MemoryOf(Size));
    }

    [Fact]
    public void Each_pool_keeps_its_reserve()
    {
        var policy = new Policy { PoolReserve = ByteSize.GiB(4) };
        Assert.Equal(ByteSize.GiB(6), policy.SizeOf(Pool("flash", DiskType.Ssd, 10)));
        Assert.Equal(ByteSize.Zero, policy.SizeOf(Pool("small", DiskType.Ssd, 3)));
    }

    [Fact]
    public void What_there_is_is_rounded_down_and_what_is_promised_up()
    {
        Pool[] pools = [Pool("a", DiskType.Ssd, 10), Pool("b", DiskType.Ssd, 5), Pool("c", DiskType.Hdd, 100)];
        var facts = new MachineFacts(
        [
            Facts("a", DiskType.Ssd, new ByteSize(10 * ByteSize.PerGiB - 1), new ByteSize(1)),
            Facts("b", DiskType.Ssd, ByteSize.GiB(5), ByteSize.GiB(6)),
            Facts("c", DiskType.Hdd, ByteSize.GiB(100), ByteSize.Zero),
        ])
        {
            Cores = 8,
            CoresPromised = 30,
            Memory = new ByteSize(14 * ByteSize.PerGiB + 700 * MiB),
            MemoryPromised = new ByteSize(256 * MiB),
        };
        Assert.Equal(
            new Capacity(new(8, 16, 15, 100), new(8, 14, 14, 100), new(30, 1, 7, 0), new(8, 14, 9, 100), SharesCores: true),
            Capacity.Of(Size, pools, facts));
    }

    [Fact]
    public void A_bound_below_what_is_promised_leaves_nothing_and_one_above_what_is_there_changes_nothing()
    {
        Pool[] pools = [Pool("a", DiskType.Ssd, 10), Pool("c", DiskType.Hdd, 100)];
        var facts = new MachineFacts(
        [
            Facts("a", DiskType.Ssd, ByteSize.GiB(10), ByteSize.GiB(8)) with { Bound = new(ByteSize.GiB(5), ByteSize.GiB(8)) },
            Facts("c", DiskType.Hdd, ByteSize.GiB(100), ByteSize.GiB(1)) with { Bound = new(ByteSize.GiB(900), ByteSize.GiB(1)) },
        ])
        {
            Cores = 8,
            CoresBound = 20,
            CoresPromised = 21,
        };
        Assert.Equal(
            new Capacity(new(8, 16, 10, 100), new(20, 0, 5, 100), new(21, 0, 8, 1), new(0, 0, 0, 99), SharesCores: false),
            Capacity.Of(Size, pools, facts));
    }

    [Fact]
    public void All_that_is_wrong_with_a_policy_is_said_at_once()
    {
        var policy = new Policy
        {
            Kinds = new HashSet<string> { "volume", "unicorn" },
            Bounds = new(-1, ResourceUnits.Max + 1, long.MinValue, 0),
            MemoryReserve = new ByteSize(-1),
            PoolReserve = new ByteSize(-1),
        };
        Assert.Equal(
            [
                "/policy/kinds", "/policy/bounds/cru", "/policy/bounds/mru", "/policy/bounds/sru", "/policy/memory_reserve",
                "/policy/pool_reserve",
            ],
            policy.Check(["volume", "network"]).Select(problem => problem.Pointer));
        Assert.Empty(new Policy().Check([]));
    }

    private static Pool Pool(string name, DiskType type, ulong gib) => new(name, type, ByteSize.GiB(gib), ByteSize.Zero);

    private static PoolFacts Facts(string name, DiskType type, ByteSize size, ByteSize promised) => new(name, type, size, promised);
}

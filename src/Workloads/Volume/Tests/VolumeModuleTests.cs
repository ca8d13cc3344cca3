using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Workloads.Volume.Tests;

public sealed class VolumeModuleTests
{
    private static readonly Digest Owner = Digest.Of("owner"u8);
    private readonly VolumeModule module = new();

    [Fact]
    public void The_pool_of_the_type_with_most_room_is_chosen_and_claimed()
    {
        var plan = Plan(
            3,
            Pool("full", DiskType.Ssd, size: 10, promised: 9),
            Pool("roomy", DiskType.Ssd, size: 6, promised: 0),
            Pool("spin", DiskType.Hdd, 90, 0));

        Assert.Equal([new EnsureVolume("roomy", Owner.ToString(), 3L << 30)], plan.Steps);
        Assert.Equal([new Claim("roomy", ByteSize.GiB(3))], plan.Claims);
    }

    [Fact]
    public void The_last_byte_can_be_promised_and_not_one_more()
    {
        Assert.Single(Plan(4, Pool("flash", DiskType.Ssd, size: 10, promised: 6)).Steps);

        var fault = Assert.Throws<FaultException>(() => Plan(5, Pool("flash", DiskType.Ssd, size: 10, promised: 6))).Fault;
        Assert.Equal(FaultCode.OutOfCapacity, fault.Code);
        var problem = Assert.Single(fault.Problems);
        Assert.Equal("/reservation/data/size", problem.Pointer);
        Assert.Equal(
            "asks for 5 GiB; the SSD pool with most room has 4 GiB left of the 10 GiB offered, 6 GiB are promised", problem.Reason);
    }

    [Fact]
    public void A_bound_on_all_pools_of_a_type_holds_beside_what_each_has()
    {
        var bound = new Portion(ByteSize.GiB(9), ByteSize.GiB(7));
        PoolFacts[] pools =
        [
            Pool("one", DiskType.Ssd, size: 10, promised: 6) with { Bound = bound },
            Pool("two", DiskType.Ssd, size: 2, promised: 1) with { Bound = bound },
        ];
        Assert.Equal([new Claim("one", ByteSize.GiB(2))], Plan(2, pools).Claims);

        var fault = Assert.Throws<FaultException>(() => Plan(3, pools)).Fault;
        Assert.Equal(
            "asks for 3 GiB; of SSD this node has 2 GiB left of the 9 GiB offered, 7 GiB are promised",
            Assert.Single(fault.Problems).Reason);
    }

    [Fact]
    public void Pools_promised_beyond_their_size_have_nothing_free() =>
        Assert.Throws<FaultException>(() => Plan(1, Pool("flash", DiskType.Ssd, size: 10, promised: 12)));

    [Fact]
    public void A_type_the_node_has_not_got_is_refused_by_name()
    {
        var fault = Assert.Throws<FaultException>(() => Plan(1, Pool("spin", DiskType.Hdd, 10, 0))).Fault;
        Assert.Equal((FaultCode.OutOfCapacity, "/reservation/data/type"), (fault.Code, Assert.Single(fault.Problems).Pointer));
    }

    [Theory]
    [InlineData("SSD", 7, 0)]
    [InlineData("HDD", 0, 7)]
    public void Units_are_GiB_of_the_type(string type, long sru, long hru) =>
        Assert.Equal(new ResourceUnits(0, 0, sru, hru), module.Units(CanonicalJson.Of($$"""{"size":7,"type":"{{type}}"}""")));

    [Fact]
    public void The_result_names_the_volume_by_the_alias_of_its_reservation() =>
        Assert.Equal("""{"volume_id":"12-1"}""", module.Result(new ReservationId(12, 1), null).Text);

    [Fact]
    public void The_journal_s_form_of_a_step_never_changes() => Assert.Equal(
        """{"step":"ensure-volume","pool":"p","owner":"o","limit":5}""", module.WriteStep(new EnsureVolume("p", "o", 5)).Text);

    private static PoolFacts Pool(string name, DiskType type, ulong size, ulong promised) =>
        new(name, type, ByteSize.GiB(size), ByteSize.GiB(promised));

    private Plan Plan(int size, params PoolFacts[] pools) =>
        module.Plan(
            Owner,
            Actors.Reserve(
                1, "volume", CanonicalJson.Of($$"""{"size":{{size}},"type":"SSD"}"""), DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1)),
            new MachineFacts(pools));
}

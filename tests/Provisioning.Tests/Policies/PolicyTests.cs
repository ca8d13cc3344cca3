using System.Text;
using Provision.Provisioning.Admission;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Reservations.Wire.ZeroOs;
using Provision.Workloads;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Policies;

/// <summary>A node whose farmer is choosy. What was accepted before runs on whatever he decides.</summary>
public sealed class PolicyTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly UserId User = new(Actors.UserKey.PublicKey);
    private readonly NodeWorld world = new(WorkloadCatalog.All);

    public void Dispose() => world.Dispose();

    [Fact]
    public void Orders_of_chosen_users_are_taken_and_those_of_others_denied()
    {
        Start(new Policy { Users = new HashSet<UserId> { User } });
        var stranger = Actors.Key(66);
        var foreign = stranger.Sign(world.Volume(1) with { User = new UserId(stranger.PublicKey) });
        var mine = world.Volume(2);
        world.Post(foreign, mine);
        world.Until(() => world.Told(mine, ReceiptState.Ok), Minute);

        Assert.Equal([ReceiptState.Refused], world.StatesOf(foreign));
        var fault = world.LastReceipt(foreign).Fault!;
        Assert.Equal((FaultCode.Denied, "The farmer of this node takes orders of chosen users only"), (fault.Code, fault.What));
        Assert.True(world.HasVolume(mine));
        Assert.False(world.HasVolume(foreign));
        Assert.False(world.Engine.Status().Policy.Users is null);
    }

    [Fact]
    public void An_order_of_version_1_obeys_and_an_imported_lease_is_taken()
    {
        Start(new Policy { Users = new HashSet<UserId>(), Kinds = new HashSet<string>(), Bounds = new(0, 0, 0, 0) });
        var fed = Old("12-1");
        world.Explorer.Pages.Enqueue(new FeedPage(
            new FeedCursor("memory", 1), [new FeedEntry(1, new FeedReservation(new ReservationId(12, 1), fed.ToOrder(), []).Write())]));
        world.Until(() => world.Find(fed.ToOrder()) is not null, Minute);
        Assert.Equal(FaultCode.Denied, world.Find(fed.ToOrder())!.LastReceipt!.Fault!.Code);

        var kept = Old("13-1");
        var report = Assert.Single(Import(kept));
        Assert.Equal((ImportOutcome.Taken, null), (report.Outcome, report.Why));
        world.Until(() => world.Find(kept.ToOrder())!.State.Live, Minute);

        // The reserve is what the machine needs, whoever made the lease.
        Restart(new Policy { PoolReserve = ByteSize.GiB(9) });
        Assert.Equal(FaultCode.OutOfCapacity, Assert.Single(Import(Old("14-1"))).Why?.Code);
    }

    [Fact]
    public void A_kind_that_is_not_offered_is_refused_by_name_and_not_registered()
    {
        Start(new Policy { Kinds = new HashSet<string> { "volume", "container" } });
        var (network, volume) = (world.Network(1), world.Volume(2));
        var unknown = Actors.UserKey.Sign(world.Volume(3) with { Kind = "unicorn" });
        world.Post(network, volume, unknown);
        world.Until(() => world.Told(volume, ReceiptState.Ok) && world.Told(unknown, ReceiptState.Refused), Minute);

        var fault = world.LastReceipt(network).Fault!;
        Assert.Equal((FaultCode.Denied, "The farmer of this node does not offer the kind network"), (fault.Code, fault.What));
        Assert.Equal(FaultCode.Invalid, world.LastReceipt(unknown).Fault!.Code);
        Assert.Equal("volume container", world.Explorer.Inner.Registered!.Kinds);
    }

    [Fact]
    public void Past_an_offered_bound_an_order_hears_what_is_offered_promised_and_left()
    {
        Start(new Policy { Bounds = new(Cru: 3, Mru: 1, Sru: 5) });
        var (first, second) = (world.Volume(1, 4), world.Volume(2, 2));
        var (small, wide, large) = (Container(3, 2, 700), Container(4, 2, 16), Container(5, 1, 400));
        world.Post(first, second, small, wide, large);
        world.Until(() => world.Told(small, ReceiptState.Ok) && world.Told(large, ReceiptState.Refused), Minute);

        Assert.Equal("asks for 2 GiB; of SSD this node has 1 GiB left of the 5 GiB offered, 4 GiB are promised", ReasonOf(second));
        Assert.Equal("asks for 2 cores; this node has 1 left of the 3 offered, 2 are promised", ReasonOf(wide));
        Assert.Equal("asks for 400 MiB; this node has 324 MiB left of the 1024 MiB offered, 700 MiB are promised", ReasonOf(large));
        var capacity = world.Engine.Status().Capacity!;
        Assert.Equal(new ResourceUnits(8, 32, 10, 0), capacity.Machine);
        Assert.Equal((new(3, 1, 5, 0), new(2, 1, 5, 0), new(1, 0, 0, 0)), (capacity.Offered, capacity.Promised, capacity.Left));

        // The journal knows as much.
        world.Restart();
        world.Until(() => world.Engine.Status().Capacity is not null, Minute);
        Assert.Equal(capacity, world.Engine.Status().Capacity);

        // What is over is promised no more.
        world.Post(small, Actors.Cancel(small, world.Now));
        world.Until(() => world.Told(small, ReceiptState.Deleted), Minute);
        Assert.Equal(new ResourceUnits(0, 0, 4, 0), world.Engine.Status().Capacity!.Promised);
        var next = world.Post(Container(6, 3, 1024));
        world.Until(() => world.Told(next, ReceiptState.Ok), Minute);
    }

    [Fact]
    public void What_was_accepted_runs_on_under_a_tighter_policy_and_its_user_may_extend_it()
    {
        Start(new Policy());
        var (volume, container) = (world.Volume(1, 4), Container(2, 2, 700));
        world.Post(volume, container);
        world.Until(() => world.Told(volume, ReceiptState.Ok) && world.Told(container, ReceiptState.Ok), Minute);

        Restart(new Policy { Users = new HashSet<UserId>(), Kinds = new HashSet<string>(), Bounds = new(0, 0, 0, 0) });
        world.Post(volume, Actors.Extend(volume, world.Now, NodeWorld.Lease * 3));
        world.Post(container, Actors.Extend(container, world.Now, NodeWorld.Lease * 3));
        world.Pass(NodeWorld.Lease * 2);
        Assert.Equal(["live", "live"], new[] { volume, container }.Select(order => world.StatusOf(order).State));
        Assert.Single(world.Containers());
        Assert.True(world.HasVolume(volume));
        var capacity = world.Engine.Status().Capacity!;
        Assert.Equal((default, new(2, 1, 5, 0), default), (capacity.Offered, capacity.Promised, capacity.Left));

        // Nothing new is taken, and what he had the user may give back.
        var late = world.Post(world.Volume(9));
        world.Until(() => world.Told(late, ReceiptState.Refused), Minute);
        world.Post(volume, Actors.Cancel(volume, world.Now, counter: 2));
        world.Until(() => world.Told(volume, ReceiptState.Deleted), Minute);
    }

    [Fact]
    public void The_reserves_are_not_offered()
    {
        Start(new Policy { MemoryReserve = ByteSize.GiB(31), PoolReserve = ByteSize.GiB(7) });
        var (large, small, container) = (world.Volume(1, 4), world.Volume(2, 3), Container(3, 1, 1025));
        world.Post(large, small, container);
        world.Until(() => world.Told(small, ReceiptState.Ok) && world.Told(container, ReceiptState.Refused), Minute);
        Assert.Contains("has 3 GiB left of the 3 GiB offered", ReasonOf(large), StringComparison.Ordinal);
        Assert.Contains("pool with most room has 0 MiB left", ReasonOf(container), StringComparison.Ordinal);
        Assert.Equal(new NodeOffer(new(8, 32, 10, 0), new(8, 1, 3, 0), AllUsers: true), world.Explorer.Inner.Registered!.Offer);
    }

    [Fact]
    public void The_registration_says_what_is_offered_to_whom_and_again_when_that_changed()
    {
        Start(new Policy { Bounds = new(Cru: 16, Hru: 4) });
        world.Until(() => world.Explorer.Inner.Registrations == 1, Minute);
        Assert.Equal(new NodeOffer(new(8, 32, 10, 0), new(16, 32, 10, 0), AllUsers: true), world.Explorer.Inner.Registered!.Offer);

        Restart(new Policy { Users = new HashSet<UserId> { User } });
        world.Until(() => world.Explorer.Inner.Registrations == 2, Minute);
        Assert.Equal(new NodeOffer(new(8, 32, 10, 0), new(8, 32, 10, 0), AllUsers: false), world.Explorer.Inner.Registered.Offer);

        // Nothing changed: a page of orders makes no registration.
        world.Post(world.Volume(1));
        world.Pass(Minute);
        Assert.Equal(2, world.Explorer.Inner.Registrations);
    }

    [Fact]
    public void A_node_whose_pools_do_not_answer_hears_of_cancels_and_registers_when_they_do()
    {
        var calls = new CallLog(world.Time);
        world.Observer = calls;
        Start(new Policy());
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok), Minute);
        world.Stop();
        calls.Fails = call => call is { Port: "storage", Verb: "list-pools" };
        world.Start();
        world.Post(order, Actors.Cancel(order, world.Now));
        world.Until(() => world.Told(order, ReceiptState.Deleted), Minute);
        Assert.Equal(1, world.Explorer.Inner.Registrations);
        Assert.Null(world.Engine.Status().Capacity);

        calls.Fails = _ => false;
        world.Until(() => world.Explorer.Inner.Registrations == 2, Minute);
        Assert.NotNull(world.Engine.Status().Capacity);
    }

    [Fact]
    public void A_policy_that_cannot_be_keeps_the_daemon_from_starting()
    {
        world.Options = world.Options with { Policy = new Policy { Bounds = new(Sru: -1) } };
        var fault = Assert.Throws<FaultException>(() => world.Start()).Fault;
        Assert.Equal("/policy/bounds/sru", Assert.Single(fault.Problems).Pointer);
    }

    private void Start(Policy policy)
    {
        world.Options = world.Options with { Policy = policy, AcceptsVersion1 = true };
        world.Start();
    }

    private void Restart(Policy policy)
    {
        world.Stop();
        Start(policy);
        world.Until(() => world.Engine.Status().Capacity is not null, Minute);
    }

    private string ReasonOf(Reservation order)
    {
        var fault = world.LastReceipt(order).Fault!;
        Assert.Equal(FaultCode.OutOfCapacity, fault.Code);
        return Assert.Single(fault.Problems).Reason;
    }

    private Reservation Container(int number, int cores, int memory) => Actors.Reserve(
        number,
        "container",
        CanonicalJson.Of($$"""
            {"flist":"{{NodeWorld.Image}}","entrypoint":"sleep 1",
            "capacity":{"cpu":{{cores}},"memory":{{memory}},"disk":{{(number == 2 ? 1024 : 16)}} } }
            """),
        world.Now,
        NodeWorld.Lease);

    private ZeroOsReservation Old(string id)
    {
        Assert.Null(GoTime.Parse($"\"{world.Now:yyyy-MM-ddTHH:mm:ss}Z\"", out var created));
        return new ZeroOsReservation
        {
            Id = id,
            Node = new NodeId(Actors.NodeKey.PublicKey).ToString(),
            User = User.ToString(),
            Kind = "volume",
            Data = Encoding.UTF8.GetBytes("""{"size":1,"type":"SSD"}"""),
            Created = created,
            Duration = Nanoseconds.Of(NodeWorld.Lease),
        }.Sign(Actors.UserKey);
    }

    private IReadOnlyList<ImportedFile> Import(ZeroOsReservation reservation)
    {
        var content = new VersionedFile(VersionedFile.First, Encoding.UTF8.GetBytes(reservation.Write() + "\n")).ToBytes();
        IReadOnlyList<ImportedFile> reports = [];
        world.Pump.Run(
            async () => reports = await world.Engine.ImportAsync([new FolderFile(reservation.Id, content)], CancellationToken.None),
            NodeWorld.Limit);
        return reports;
    }
}

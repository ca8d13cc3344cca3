using System.Net;
using Provision.Machine.Containers;
using Provision.Machine.Images;
using Provision.Machine.Networks;
using Provision.Machine.Storage;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Reconciler;

/// <summary>Volumes that the journal does not account for. Data goes only with proof.</summary>
public sealed class OrphansTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly NodeWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_volume_that_reappears_after_its_order_closed_goes_at_the_next_start()
    {
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Post(Actors.Cancel(order, world.Now));
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        world.Stop();
        Make(order.ComputeDigest());
        world.Start();
        world.Pass(Minute);
        Assert.Empty(world.Volumes());
        Assert.Empty(world.Engine.Status().Unexplained);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], world.StatesOf(order));
    }

    [Fact]
    public void What_nothing_explains_is_kept_and_reported()
    {
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Stop();
        var stranger = Digest.Of([7]);
        Make(stranger);
        world.Start();
        world.Pass(Minute);
        Assert.Equal(2, world.Volumes().Count);
        Assert.Equal([$"volume flash/{stranger}"], world.Engine.Status().Unexplained);
    }

    [Fact]
    public void With_an_empty_journal_nothing_goes()
    {
        var order = world.Volume(1);
        Make(order.ComputeDigest());
        Make(Digest.Of([7]));
        world.Start();
        world.Pass(Minute);
        Assert.Equal(2, world.Volumes().Count);
        Assert.Equal(2, world.Engine.Status().Unexplained.Count);

        world.Post(order);
        world.Until(() => world.Told(order, ReceiptState.Ok));
        Assert.Equal(2, world.Volumes().Count);
        Assert.Equal([$"volume flash/{Digest.Of([7])}"], world.Engine.Status().Unexplained);
    }

    [Fact]
    public void A_refusal_is_no_proof_that_data_may_go()
    {
        // The journal was lost while the volume was in its grace period: the order comes again, and its lease is over.
        var order = world.Volume(1);
        Make(order.ComputeDigest());
        world.Pump.Run(() => world.Time.DelayAsync(NodeWorld.Lease + Minute, CancellationToken.None), NodeWorld.Limit);
        world.Post(order);
        world.Start();
        world.Until(() => world.Told(order, ReceiptState.Refused));
        world.Restart();
        world.Pass(Minute);
        Assert.True(world.HasVolume(order));
        Assert.Equal([$"volume flash/{order.ComputeDigest()}"], world.Engine.Status().Unexplained);
    }

    [Fact]
    public void The_volume_of_an_order_that_is_set_aside_is_kept_and_stays_promised()
    {
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Pass(Minute);
        world.Stop();
        var lines = world.ReadSegments()
            .Where(line => line.Order.IsMissing || line.Entry is not Entry.Done)
            .SelectMany(line => line.ToBytes());
        world.Machine.Disk.Overwrite(Segments.NameOf(1), lines.ToArray());
        world.Start();
        world.Post(Actors.Cancel(order, world.Now));
        world.Pass(NodeWorld.Lease * 2);
        Assert.Equal(order.ComputeDigest(), Assert.Single(world.Engine.Ledger.SetAside).Key);
        Assert.True(world.HasVolume(order));
        Assert.Empty(world.Engine.Status().Unexplained);
        Assert.Equal(ByteSize.GiB(1), world.Engine.Ledger.Promised("flash"));
    }

    [Fact]
    public void A_machine_that_cannot_be_searched_stops_nothing()
    {
        world.Machine.Storage.BreakPool("flash");
        world.Start();
        world.Pass(Minute);
        world.Machine.Storage.MendPool("flash");
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
    }

    [Fact]
    public void What_a_closed_order_left_goes_container_first_and_what_nothing_explains_is_kept_and_named()
    {
        var calls = new CallLog(world.Time);
        world.Start();
        var volume = world.Post(world.Volume(1));
        world.Until(() => world.Told(volume, ReceiptState.Ok));
        world.Post(Actors.Cancel(volume, world.Now));
        world.Until(() => world.Told(volume, ReceiptState.Deleted));
        world.Stop();
        var (closed, stranger) = (volume.ComputeDigest(), Digest.Of([7]));
        Contain(closed);
        Contain(stranger);
        world.Observer = calls;
        world.Start();
        world.Pass(Minute);
        Assert.Equal(stranger, Assert.Single(world.Containers()).Owner);
        Assert.Equal(stranger, Assert.Single(world.Volumes()).Name.Owner);
        Assert.Equal(
            ["remove", "remove", "release"],
            calls.Seen
                .Where(seen => seen.Call is { Effect: true, Port: not "disk", Verb: not ("collect" or "mend") })
                .Select(seen => seen.Call.Verb));
        Assert.Equal(
            [$"container {stranger}", $"volume flash/{stranger}", $"hold of {stranger} on image flash/{NodeWorld.Image.Digest}"],
            world.Engine.Status().Unexplained);
    }

    [Fact]
    public void Members_and_holds_of_closed_orders_go_and_what_nothing_explains_keeps_its_network()
    {
        world.Start();
        var volume = world.Post(world.Volume(1));
        world.Until(() => world.Told(volume, ReceiptState.Ok));
        world.Post(Actors.Cancel(volume, world.Now));
        world.Until(() => world.Told(volume, ReceiptState.Deleted));
        world.Stop();
        var (closed, stranger) = (volume.ComputeDigest(), Digest.Of([7]));
        var (gone, kept, shared) = (MakeNetwork("gone", closed), MakeNetwork("kept", closed), MakeNetwork("shared", closed, stranger));
        Join(gone, closed, "10.1.1.2");
        Join(kept, stranger, "10.1.1.2");
        Join(shared, Digest.Of([8]), "10.1.1.2");
        world.Start();
        world.Pass(Minute);
        var left = Networks();
        Assert.Equal(new[] { kept, shared }.Order(), left.Select(network => network.Id.ToString()).Order());
        Assert.Equal([closed], left.Single(network => network.Id.ToString() == kept).Holders);
        Assert.Equal([stranger], left.Single(network => network.Id.ToString() == shared).Holders);
        Assert.Equal(
            new[]
            {
                $"hold of {stranger} on network {shared}",
                $"member {Digest.Of([8])} of network {shared}",
                $"member {stranger} of network {kept}",
            },
            world.Engine.Status().Unexplained.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Images_that_nobody_holds_go_after_a_while_and_a_failure_to_collect_them_stops_nothing()
    {
        var calls = new CallLog(world.Time);
        world.Observer = calls;
        var failing = true;
        calls.Fails = call => failing && call is { Port: "images", Verb: "collect" };
        var (holder, ct) = (Digest.Of([7]), CancellationToken.None);
        world.Pump.Run(
            async () => await world.Machine.Images.ReleaseAsync(
                (await world.Machine.Images.EnsureAsync("flash", NodeWorld.Image, holder, ct)).Name, holder, ct),
            Minute);
        world.Start();
        world.Pass(TimeSpan.FromMinutes(45));
        Assert.Equal(5, calls.TimesOf("images", "collect").Count);
        failing = false;
        world.Pass(TimeSpan.FromMinutes(14));
        Assert.Single(Images());
        world.Pass(TimeSpan.FromMinutes(12));
        Assert.Empty(Images());
    }

    private string MakeNetwork(string name, params Digest[] holders)
    {
        var (id, subnet) = (NetworkDerivation.IdOf(default(UserId), name), IPNetwork.Parse("10.1.1.0/24"));
        var gateway = NetworkDerivation.GatewayOf(subnet);
        foreach (var holder in holders)
        {
            world.Pump.Run(
                () => world.Machine.Networks.EnsureAsync(
                    new NetworkOrder
                    {
                        Network = id,
                        Holder = holder,
                        Version = 1,
                        Subnet = subnet,
                        Gateway = gateway,
                        Gateway6 = NetworkDerivation.Ipv6Of(id, gateway),
                    },
                    CancellationToken.None).AsTask(),
                Minute);
        }

        return id.ToString();
    }

    private void Join(string network, Digest owner, string address) => world.Pump.Run(
        () => world.Machine.Networks.JoinAsync(
            new MemberOrder(owner, NetworkId.TryParse(network, out var id) ? id : default, [IPAddress.Parse(address)]),
            CancellationToken.None).AsTask(),
        Minute);

    private IReadOnlyList<Network> Networks()
    {
        IReadOnlyList<Network> networks = [];
        world.Pump.Run(async () => networks = await world.Machine.Networks.ListAsync(CancellationToken.None), Minute);
        return networks;
    }

    private IReadOnlyList<Image> Images()
    {
        IReadOnlyList<Image> images = [];
        world.Pump.Run(async () => images = await world.Machine.Images.ListAsync(CancellationToken.None), Minute);
        return images;
    }

    // All that a container is made of, for an order that is not open.
    private void Contain(Digest owner) => world.Pump.Run(
        async () =>
        {
            var (machine, ct) = (world.Machine, CancellationToken.None);
            var root = new VolumeName("flash", owner);
            await machine.Images.EnsureAsync("flash", NodeWorld.Image, owner, ct);
            await machine.Storage.EnsureRootAsync(root, NodeWorld.Image.Digest, ByteSize.GiB(1), ct);
            await machine.Containers.EnsureAsync(
                new ContainerOrder
                {
                    Owner = owner,
                    Root = root,
                    Arguments = ["sleep"],
                    Environment = new Dictionary<string, string>(),
                    Cores = 1,
                    Memory = ByteSize.GiB(1),
                },
                ct);
        },
        Minute);

    private void Make(Digest owner) => world.Pump.Run(
        () => world.Machine.Storage.EnsureVolumeAsync(new VolumeName("flash", owner), ByteSize.GiB(1), CancellationToken.None).AsTask(),
        Minute);
}

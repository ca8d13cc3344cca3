using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Workloads;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Admission;

/// <summary>What a plan is told of the machine.</summary>
public sealed class FactsTests : IDisposable
{
    private readonly Script script = new();
    private readonly NodeWorld world;

    public FactsTests() => world = new NodeWorld([.. WorkloadCatalog.All, new ScriptModule(script)]);

    public void Dispose() => world.Dispose();

    [Fact]
    public void Its_size_and_what_of_its_memory_is_promised_by_orders_before_it()
    {
        var order = Actors.Reserve(1, "script", CanonicalJson.Of("""{"memory":4096}"""), world.Now, NodeWorld.Lease);
        world.Start();
        world.Post(order, world.Order(2));
        world.Until(() => script.Facts.Count == 2);
        Assert.Equal([ByteSize.Zero, new ByteSize(4096)], script.Facts.Select(facts => facts.MemoryPromised));
        Assert.All(script.Facts, facts => Assert.Equal((world.Machine.Size.Cores, world.Machine.Size.Memory), (facts.Cores, facts.Memory)));
    }

    [Fact]
    public void The_volumes_of_the_same_user_that_are_here_or_on_their_way_by_their_alias()
    {
        var stranger = Actors.Key(66);
        Reservation[] volumes = [.. Enumerable.Range(1, 12).Select(n => world.Volume(n, gib: n <= 5 ? 1000 : 1, lease: NodeWorld.Lease * 5))];
        var foreign = stranger.Sign(world.Volume(50) with { User = new UserId(stranger.PublicKey) });
        var (refused, gone, expired) = (volumes[..5], volumes[5], volumes[6]);
        world.Start();
        world.Post(foreign, volumes);
        world.Until(() => volumes.All(volume => world.StatesOf(volume).Count > 0));
        Assert.All(refused, volume => Assert.True(world.Told(volume, ReceiptState.Refused)));
        world.Post(Actors.Cancel(gone, world.Now), Actors.Cancel(expired, world.Now, keepData: true), world.Order(100));
        world.Until(() => script.Facts.Count == 1);
        Volumes_are(volumes[7..]);

        // One that the same page brings is here, too.
        var late = world.Volume(101, gib: 1);
        world.Post(late, world.Order(102));
        world.Until(() => script.Facts.Count == 2);
        Volumes_are([.. volumes[7..], late]);
        Assert.All(script.Facts[1].Volumes, volume => Assert.Equal("flash", volume.Name.Pool));
    }

    [Fact]
    public void A_container_that_builds_on_a_volume_of_somebody_else_or_of_nobody_is_refused()
    {
        var stranger = Actors.Key(66);
        var foreign = stranger.Sign(world.Volume(1) with { User = new UserId(stranger.PublicKey) });
        var gone = world.Volume(2);
        Reservation[] orders = [world.Container(3, volume: foreign), world.Container(4, volume: world.Volume(9)), world.Container(5, volume: gone)];
        world.Start();
        world.Post(foreign, gone, Actors.Cancel(gone, world.Now), orders[0], orders[1], orders[2]);
        world.Until(() => orders.All(order => world.Told(order, ReceiptState.Refused)));
        Assert.All(orders, order => Assert.Equal(FaultCode.NotFound, world.LastReceipt(order).Fault!.Code));
    }

    private void Volumes_are(IEnumerable<Reservation> volumes)
    {
        var told = script.Facts[^1].Volumes.ToList();
        Assert.Equal(volumes.Select(volume => volume.ComputeDigest()), told.Select(volume => volume.Order));
        Assert.Equal(told.OrderBy(volume => volume.Id.Reservation).Select(volume => volume.Id), told.Select(volume => volume.Id));
        Assert.Equal(told.Select(volume => volume.Order), told.Select(volume => volume.Name.Owner));
    }
}

using Provision.Machine.Networks;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Workloads;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Shared;

/// <summary>Networks and the containers in them, from order to end on a simulated machine.</summary>
public sealed class NetworkSharingTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly NodeWorld world = new(WorkloadCatalog.All);
    private readonly Reservation network;
    private readonly Reservation member;

    public NetworkSharingTests()
    {
        network = world.Network(1);
        member = world.Member(2, lease: NodeWorld.Lease * 10);
    }

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_container_of_the_same_page_has_its_addresses_in_its_result()
    {
        Live();
        var said = world.LastReceipt(member).Data.ToElement();
        Assert.Equal("10.1.1.2", said.GetProperty("ipv4").GetString());
        Assert.StartsWith("fd", said.GetProperty("ipv6").GetString(), StringComparison.Ordinal);
        Assert.Equal("10.1.1.1", world.LastReceipt(network).Data.ToElement().GetProperty("gateway").GetString());
    }

    [Fact]
    public void No_address_is_given_twice_and_one_that_is_free_again_is_given_again()
    {
        Live();
        var (second, taken, third) = (world.Member(3), world.Member(4, "\"10.1.1.2\""), world.Member(5));
        world.Post(second, taken);
        world.Until(() => world.Told(second, ReceiptState.Ok) && world.Told(taken, ReceiptState.Refused));
        Assert.Equal("10.1.1.3", world.LastReceipt(second).Data.ToElement().GetProperty("ipv4").GetString());
        Assert.Equal(FaultCode.Conflict, world.LastReceipt(taken).Fault!.Code);
        world.Post(Actors.Cancel(member, world.Now));
        world.Until(() => world.Told(member, ReceiptState.Deleted));
        world.Post(third);
        world.Until(() => world.Told(third, ReceiptState.Ok));
        Assert.Equal("10.1.1.2", world.LastReceipt(third).Data.ToElement().GetProperty("ipv4").GetString());
    }

    [Fact]
    public void A_cancelled_network_keeps_its_containers_over_a_reboot_and_takes_no_new_ones()
    {
        Live();
        world.Post(Actors.Cancel(network, world.Now));
        world.Until(() => world.Told(network, ReceiptState.Error));
        world.Reboot();
        world.Until(() => world.StatesOf(member).Count > 2 && world.Told(member, ReceiptState.Ok));
        Assert.Equal([network.ComputeDigest()], Networks().Single().Holders);
        Assert.Equal(member.ComputeDigest(), Assert.Single(Networks().Single().Members).Owner);

        var late = world.Post(world.Member(3));
        world.Until(() => world.Told(late, ReceiptState.Refused));
        Assert.Equal("/reservation/data/network/network_id", Assert.Single(world.LastReceipt(late).Fault!.Problems).Pointer);

        world.Post(Actors.Cancel(member, world.Now));
        world.Until(() => world.Told(network, ReceiptState.Deleted));
        Assert.Empty(Networks());
    }

    [Fact]
    public void A_network_whose_lease_ended_waits_for_containers_with_longer_ones()
    {
        Live();
        world.Until(() => world.Told(network, ReceiptState.Error), NodeWorld.Lease + Minute);
        Assert.Contains("(container, ", world.LastReceipt(network).Fault!.What, StringComparison.Ordinal);
        world.Until(() => world.Told(network, ReceiptState.Deleted), NodeWorld.Lease * 11);
        Assert.True(world.Told(member, ReceiptState.Deleted));
    }

    [Fact]
    public void A_second_order_is_a_new_version_in_place_and_goes_without_a_trace()
    {
        Live();
        world.Pass(Minute);
        var second = world.Post(world.Network(3, "10.1.1.0/25"));
        world.Until(() => world.Told(second, ReceiptState.Ok));
        Assert.Equal("10.1.1.0/25", Networks().Single().Subnet.ToString());
        Assert.Equal(2, Networks().Single().Holders.Count);
        world.Post(Actors.Cancel(second, world.Now));
        world.Until(() => world.Told(second, ReceiptState.Deleted));
        Assert.Equal("10.1.1.0/24", Networks().Single().Subnet.ToString());
        Assert.Equal([ReceiptState.Ok], world.StatesOf(member));
        Assert.Equal(0, world.StatusOf(member).Restarts);
    }

    [Fact]
    public void A_version_without_room_for_a_container_is_refused_while_it_is_there_and_taken_when_it_is_gone()
    {
        Live();
        var moved = world.Post(world.Network(3, "10.1.2.0/24"));
        world.Until(() => world.Told(moved, ReceiptState.Refused));
        Assert.Equal(FaultCode.Conflict, world.LastReceipt(moved).Fault!.Code);
        Assert.Contains("10.1.1.2", Assert.Single(world.LastReceipt(moved).Fault!.Problems).Reason, StringComparison.Ordinal);
        world.Post(Actors.Cancel(member, world.Now));
        world.Until(() => world.Told(member, ReceiptState.Deleted));
        var again = world.Post(world.Network(4, "10.1.2.0/24"));
        world.Until(() => world.Told(again, ReceiptState.Ok));
    }

    [Fact]
    public void An_address_fits_every_open_version_so_that_any_of_them_can_go()
    {
        world.Start();
        world.Post(network);
        world.Pass(Minute);
        var second = world.Post(world.Network(3, "10.1.1.0/29"));
        world.Until(() => world.Told(second, ReceiptState.Ok));
        var high = world.Post(world.Member(4, "\"10.1.1.200\""));
        world.Until(() => world.Told(high, ReceiptState.Refused));
        Assert.Contains("10.1.1.0/29", Assert.Single(world.LastReceipt(high).Fault!.Problems).Reason, StringComparison.Ordinal);
        world.Post(member);
        world.Until(() => world.Told(member, ReceiptState.Ok));
        world.Post(Actors.Cancel(second, world.Now));
        world.Until(() => world.Told(second, ReceiptState.Deleted));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(member));
    }

    [Fact]
    public void A_network_of_somebody_else_of_the_same_name_is_another_one()
    {
        var stranger = Actors.Key(66);
        var foreign = stranger.Sign(world.Network(9) with { User = new UserId(stranger.PublicKey) });
        world.Start();
        world.Post(foreign, member);
        world.Until(() => world.Told(member, ReceiptState.Refused) && world.Told(foreign, ReceiptState.Ok));
        Assert.Equal(FaultCode.NotFound, world.LastReceipt(member).Fault!.Code);
        world.Post(network);
        world.Until(() => world.Told(network, ReceiptState.Ok));
        Assert.Equal(2, Networks().Count);
    }

    [Fact]
    public void A_network_too_many_of_one_user_is_refused_until_another_one_is_gone()
    {
        var many = Enumerable.Range(0, 32).Select(i => world.Network(10 + i, name: $"net-{i}")).ToList();
        world.Start();
        world.Post(many[0], [.. many.Skip(1)]);
        world.Until(() => many.All(one => world.Told(one, ReceiptState.Ok)));
        var late = world.Post(network);
        world.Until(() => world.Told(late, ReceiptState.Refused));
        Assert.Equal(FaultCode.OutOfCapacity, world.LastReceipt(late).Fault!.Code);
        world.Post(Actors.Cancel(many[0], world.Now));
        world.Until(() => world.Told(many[0], ReceiptState.Deleted));
        var again = world.Post(world.Network(9));
        world.Until(() => world.Told(again, ReceiptState.Ok));
    }

    private void Live()
    {
        world.Start();
        world.Post(network, member);
        world.Until(() => world.Told(network, ReceiptState.Ok) && world.Told(member, ReceiptState.Ok), Minute);
    }

    private IReadOnlyList<Network> Networks()
    {
        IReadOnlyList<Network> networks = [];
        world.Pump.Run(async () => networks = await world.Machine.Networks.ListAsync(CancellationToken.None), NodeWorld.Limit);
        return networks;
    }
}

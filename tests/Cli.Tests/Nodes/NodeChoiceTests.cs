using Provision.Cli.Reservations;
using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Cli.Tests.Nodes;

/// <summary>Where an order goes that names no node: nowhere that it cannot be, and never away from where it could.</summary>
public sealed class NodeChoiceTests
{
    private static readonly ResourceUnits Machine = new(8, 16, 100, 100);

    [Theory]
    [InlineData(8, 16, 100, 100, true)]
    [InlineData(9, 0, 0, 0, false)]
    [InlineData(0, 17, 0, 0, true)] // 16.1 GiB are 17 units of an order, and 16.9 GiB 16 of a node.
    [InlineData(0, 18, 0, 0, false)]
    [InlineData(0, 0, 101, 0, false)]
    [InlineData(0, 0, 0, 101, false)]
    public void An_order_goes_where_there_is_as_much(long cru, long mru, long sru, long hru, bool fits)
    {
        var units = new ResourceUnits(cru, mru, sru, hru);
        NodeView[] nodes = [Node(1, new NodeOffer(Machine, Machine with { Cru = 100 }, AllUsers: true)), Node(2, null, "network")];
        if (fits)
        {
            Assert.Equal(nodes[0].Node, NodeChoice.Only(nodes, "volume", units));
        }
        else
        {
            Assert.Equal(
                FaultCode.OutOfCapacity, Assert.Throws<FaultException>(() => NodeChoice.Only(nodes, "volume", units)).Fault.Code);
        }
    }

    [Fact]
    public void A_node_that_does_not_say_what_it_offers_may_have_it() =>
        Assert.Equal(Node(1, null).Node, NodeChoice.Only([Node(1, null)], "volume", new ResourceUnits(0, 0, ResourceUnits.Max, 0)));

    [Fact]
    public void Nodes_that_offer_nothing_now_are_none() => Assert.Equal(
        FaultCode.NotFound,
        Assert.Throws<FaultException>(() => NodeChoice.Only([Node(1, null, "")], "volume", default)).Fault.Code);

    private static NodeView Node(byte seed, NodeOffer? offer, string kinds = "volume")
    {
        var key = KeyPair.FromSeed([.. Enumerable.Repeat(seed, KeyPair.SeedSize)]).PublicKey;
        return new NodeView(new NodeId(key), new FarmId(key), kinds, DateTimeOffset.UnixEpoch, offer);
    }
}

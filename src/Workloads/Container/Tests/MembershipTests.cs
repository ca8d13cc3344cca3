using System.Net;
using Provision.Machine.Networks;
using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Workloads.Container.Tests;

/// <summary>Which network a container joins, and with which addresses.</summary>
public sealed class MembershipTests
{
    private const string Image = "local:busybox@sha256:0000000000000000000000000000000000000000000000000000000000000000";
    private static readonly Digest Owner = Digest.Of("owner"u8);
    private readonly ContainerModule module = new();

    private static NetworkId Web => NetworkDerivation.IdOf(new UserId(Actors.UserKey.PublicKey), "web");

    [Fact]
    public void It_takes_the_lowest_free_address_and_the_IPv6_one_beside_it()
    {
        var plan = Plan("", Network([Version("10.1.1.0/24")], "10.1.1.2", "10.1.1.4"));
        Assert.Equal(["10.1.1.3"], module.AddressesOf(plan).Select(address => address.ToString()));
        var beside = NetworkDerivation.Ipv6Of(Web, IPAddress.Parse("10.1.1.3")).ToString();
        Assert.Equal($$"""{"id":"9-1","ipv4":"10.1.1.3","ipv6":"{{beside}}"}""", module.Result(new ReservationId(9, 1), plan).Text);
        Assert.Equal(["10.1.1.3", beside], Assert.IsType<JoinNetwork>(plan.Steps[2]).Addresses);
        Assert.Equal(Web.ToString(), Assert.IsType<RunContainer>(plan.Steps[3]).Network);
        Assert.Equal($"network/{Web}", Assert.Single(plan.Uses).ToString());
        Assert.Empty(plan.Needs);
    }

    [Fact]
    public void It_takes_the_addresses_that_were_asked_for_in_their_order()
    {
        var plan = Plan(""","ips":["10.1.1.9","10.1.1.5"]""", Network([Version("10.1.1.0/24")]));
        Assert.Equal(["10.1.1.9", "10.1.1.5"], module.AddressesOf(plan).Select(address => address.ToString()));
        Assert.Contains("\"ipv4\":\"10.1.1.9\"", module.Result(new ReservationId(9, 1), plan).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.1.2.5", FaultCode.Invalid, "not in the subnet 10.1.1.0/24 of reservation 1-1")]
    [InlineData("10.1.1.0", FaultCode.Invalid, "keeps for itself")]
    [InlineData("10.1.1.255", FaultCode.Invalid, "keeps for itself")]
    [InlineData("10.1.1.1", FaultCode.Invalid, "the gateway's")]
    [InlineData("10.1.1.7", FaultCode.Conflict, "which reservation 7-1 has")]
    public void An_address_that_it_cannot_have_is_refused_by_name(string address, FaultCode code, string reason)
    {
        var fault = Refusal($$""","ips":["10.1.1.9","{{address}}"]""", Network([Version("10.1.1.0/24")], "10.1.1.7"));
        Assert.Equal(code, fault.Code);
        var problem = Assert.Single(fault.Problems);
        Assert.Equal("/reservation/data/network/ips/1", problem.Pointer);
        Assert.Contains(address, problem.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once() => Assert.Equal(
        ["/reservation/data/network/ips/0", "/reservation/data/network/ips/2"],
        Refusal(""","ips":["10.1.1.1","10.1.1.9","10.1.1.7"]""", Network([Version("10.1.1.0/24")], "10.1.1.7"))
            .Problems.Select(problem => problem.Pointer));

    [Fact]
    public void A_network_that_is_not_here_or_only_on_its_way_out_is_not_found()
    {
        foreach (var facts in new NetworkFacts[][] { [], [Network([Version("10.1.1.0/24") with { Ends = true }])] })
        {
            var fault = Refusal("", facts);
            Assert.Equal(FaultCode.NotFound, fault.Code);
            Assert.Equal("/reservation/data/network/network_id", Assert.Single(fault.Problems).Pointer);
        }
    }

    [Fact]
    public void A_full_network_says_so()
    {
        var fault = Refusal("", Network([Version("10.1.1.8/29")], "10.1.1.10", "10.1.1.11", "10.1.1.12", "10.1.1.13", "10.1.1.14"));
        Assert.Equal(FaultCode.OutOfCapacity, fault.Code);
    }

    [Fact]
    public void An_address_has_to_be_one_in_every_version_because_any_of_them_may_be_the_last()
    {
        var network = Network([Version("10.1.1.0/24"), Version("10.1.1.128/25") with { Id = new ReservationId(2, 1), Ends = true }]);
        Assert.Equal(["10.1.1.130"], module.AddressesOf(Plan("", network)).Select(address => address.ToString()));
        var problem = Assert.Single(Refusal(""","ips":["10.1.1.5"]""", network).Problems);
        Assert.Contains("10.1.1.128/25 of reservation 2-1", problem.Reason, StringComparison.Ordinal);
        Assert.Equal(
            FaultCode.OutOfCapacity, Refusal("", Network([Version("10.1.1.0/24"), Version("10.1.2.0/24")])).Code);
    }

    [Theory]
    [InlineData("10.1.1.0/28", "choose one of 10.1.1.0/28 but the first, the last and the gateway's, cancel reservation 2-1")]
    [InlineData("10.1.2.0/24", "cancel reservation 2-1")]
    public void The_remedy_is_one_that_all_versions_allow(string older, string remedy)
    {
        var network = Network([Version("10.1.1.0/24"), Version(older) with { Id = new ReservationId(2, 1) }]);
        var problem = Assert.Single(Refusal(""","ips":["10.1.1.77"]""", network).Problems);
        Assert.StartsWith(remedy, problem.Remedy, StringComparison.Ordinal);
    }

    private static NetworkVersion Version(string subnet)
    {
        var network = IPNetwork.Parse(subnet);
        var gateway = NetworkDerivation.GatewayOf(network);
        return new NetworkVersion(
            new ReservationId(1, 1),
            new NetworkOrder
            {
                Network = Web,
                Holder = Digest.Of("holder"u8),
                Version = 1,
                Subnet = network,
                Gateway = gateway,
                Gateway6 = NetworkDerivation.Ipv6Of(Web, gateway),
            },
            Ends: false);
    }

    private static NetworkFacts Network(IReadOnlyList<NetworkVersion> versions, params string[] taken) =>
        new(Web, versions, taken.ToDictionary(IPAddress.Parse, _ => new ReservationId(7, 1)));

    private Fault Refusal(string ips, params NetworkFacts[] networks) => Assert.Throws<FaultException>(() => Plan(ips, networks)).Fault;

    private Plan Plan(string ips, params NetworkFacts[] networks)
    {
        var data = CanonicalJson.Of($$"""{"flist":"{{Image}}","network":{"network_id":"web"{{ips}} } }""");
        Assert.Empty(module.Validate(data));
        return module.Plan(
            Owner,
            Actors.Reserve(1, "container", data, DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1)),
            new MachineFacts([new PoolFacts("flash", DiskType.Ssd, ByteSize.GiB(10), ByteSize.Zero)])
            {
                Cores = 4,
                Memory = ByteSize.GiB(2),
                Networks = networks,
            });
    }
}

using System.Net;
using Provision.Machine.Networks;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Workloads.Network.Tests;

public sealed class NetworkModuleTests
{
    private static readonly Digest Order = Digest.Of("order"u8);
    private static readonly DateTimeOffset Created = DateTimeOffset.UnixEpoch.AddTicks(7);
    private readonly NetworkModule module = new();

    private static NetworkId Web => NetworkDerivation.IdOf(new UserId(Actors.UserKey.PublicKey), "web");

    [Theory]
    [InlineData("", "10.1.1.0/24", "10.1.1.1")]
    [InlineData(""","ip_range":"172.20.0.0/16" """, "172.20.1.0/24", "172.20.1.1")]
    [InlineData(""","ip_range":"172.20.4.0/23" """, "172.20.5.0/24", "172.20.5.1")]
    [InlineData(""","ip_range":"172.20.4.0/24" """, "172.20.4.0/24", "172.20.4.1")]
    [InlineData(""","net_resources":[{"subnet":"192.168.3.128/25"}]""", "192.168.3.128/25", "192.168.3.129")]
    [InlineData(""","ip_range":"10.0.0.0/8","net_resources":[{"subnet":"10.9.8.248/29","peers":null}]""", "10.9.8.248/29", "10.9.8.249")]
    public void The_subnet_is_the_one_of_the_order_or_the_second_of_its_range(string members, string subnet, string gateway)
    {
        var step = Assert.IsType<EnsureNetwork>(Assert.Single(Plan(members).Steps));
        Assert.Equal((subnet, gateway), (step.Subnet, step.Gateway));
        Assert.Equal(NetworkDerivation.Ipv6Of(Web, IPAddress.Parse(gateway)).ToString(), step.Gateway6);
    }

    [Fact]
    public void It_is_named_by_user_and_name_held_by_its_order_and_as_new_as_its_order()
    {
        var plan = Plan("");
        var order = module.NetworkOf(plan);
        Assert.Equal((Web, Order, 700), (order.Network, order.Holder, order.Version));
        Assert.Equal($"network/{Web}", Assert.Single(plan.Provides).ToString());
        Assert.Empty(plan.Uses);
        Assert.Empty(plan.Claims);
        Assert.Equal(new ResourceUnits(0, 0, 0, 0), module.Units(CanonicalJson.Of("""{"name":"web"}""")));
    }

    [Fact]
    public void The_result_says_where_it_is()
    {
        var plan = Plan("");
        Assert.Equal(
            $$"""{"network_id":"{{Web}}","subnet":"10.1.1.0/24","gateway":"10.1.1.1","gateway6":"{{module.NetworkOf(plan).Gateway6}}"}""",
            module.Result(new ReservationId(1, 1), plan).Text);
        Assert.Equal(
            """{"network_id":"","subnet":"","gateway":"","gateway6":""}""", module.Result(new ReservationId(1, 1), null).Text);
    }

    [Fact]
    public void A_part_for_another_node_is_refused_by_name()
    {
        var other = new NodeId(Actors.Key(77).PublicKey);
        var fault = Refusal($$""","net_resources":[{"node_id":"{{other}}"}]""");
        Assert.Equal((FaultCode.Invalid, "/reservation/data/net_resources/0/node_id"), (fault.Code, Assert.Single(fault.Problems).Pointer));
    }

    [Theory]
    [InlineData("100.127.0.0/24", true)]
    [InlineData("100.126.9.0/24", false)]
    public void A_subnet_with_an_address_of_the_node_is_refused_by_name(string subnet, bool hasNameServer)
    {
        Assert.Equal(hasNameServer, IPNetwork.Parse(subnet).Contains(NameServer.Address));
        var problem = Assert.Single(module.Validate(CanonicalJson.Of($$"""{"name":"web","net_resources":[{"subnet":"{{subnet}}"}]}""")));

        Assert.Contains("the node's own links and name service", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_has_so_many_networks_on_a_node_and_versions_of_them_without_end()
    {
        var others = Enumerable.Range(0, NetworkSpec.OfUserMax).Select(i => new NetworkFacts(
            NetworkDerivation.IdOf(new UserId(Actors.UserKey.PublicKey), $"other {i}"), [], InUse().Taken)).ToList();
        Assert.Single(Plan("", [.. others.Skip(1)]).Steps);
        Assert.Single(Plan("", [.. others.Skip(1), InUse()]).Steps);

        var fault = Refusal("", [.. others]);

        Assert.Equal((FaultCode.OutOfCapacity, "/reservation/data/name"), (fault.Code, Assert.Single(fault.Problems).Pointer));
        Assert.Contains($"{NetworkSpec.OfUserMax} networks", Assert.Single(fault.Problems).Reason, StringComparison.Ordinal);
        Assert.Contains("cancel one", fault.Remedy!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_has_so_many_networks_of_all_its_users()
    {
        var facts = new MachineFacts([]) { NetworksOfAll = NetworkSpec.OfNodeMax };

        var fault = Assert.Throws<FaultException>(() => Plan("", facts)).Fault;

        Assert.Equal(FaultCode.OutOfCapacity, fault.Code);
        Assert.Contains($"{NetworkSpec.OfNodeMax} networks", Assert.Single(fault.Problems).Reason, StringComparison.Ordinal);
        Assert.Single(Plan("", facts with { Networks = [InUse()] }).Steps);
    }

    [Theory]
    [InlineData("10.1.2.0/24", "net_resources/0/subnet", "10.1.1.5 10.1.1.200")]
    [InlineData("10.1.1.0/25", "net_resources/0/subnet", "10.1.1.200")]
    [InlineData("10.1.1.0/29", "net_resources/0/subnet", "10.1.1.200")]
    [InlineData("10.1.1.200/29", "net_resources/0/subnet", "10.1.1.5 10.1.1.200")]
    [InlineData(null, "ip_range", "10.1.1.5 10.1.1.200")]
    public void A_version_without_room_for_an_address_in_use_is_refused_and_names_it(string? subnet, string field, string addresses)
    {
        var fault = Refusal(
            subnet is null ? ""","ip_range":"172.16.0.0/16" """ : $$""","net_resources":[{"subnet":"{{subnet}}"}]""",
            InUse("10.1.1.5", "10.1.1.200"));
        Assert.Equal(FaultCode.Conflict, fault.Code);
        Assert.Equal(addresses.Split(' ').Length, fault.Problems.Count);
        Assert.All(fault.Problems.Zip(addresses.Split(' ')), pair =>
        {
            Assert.Equal($"/reservation/data/{field}", pair.First.Pointer);
            Assert.Contains(pair.Second, pair.First.Reason, StringComparison.Ordinal);
            Assert.Contains("7-1", pair.First.Reason, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("10.1.1.129", "10.1.1.128/25")]
    [InlineData("10.1.1.127", "10.1.1.0/25")]
    public void Nor_has_it_room_for_a_gateway_or_a_last_address_that_somebody_has(string address, string subnet) => Assert.Equal(
        FaultCode.Conflict, Refusal($$""","net_resources":[{"subnet":"{{subnet}}"}]""", InUse(address)).Code);

    [Fact]
    public void A_version_with_room_for_all_of_them_is_planned_and_other_networks_do_not_count()
    {
        Assert.Single(Plan("", InUse("10.1.1.5", "10.1.1.200")).Steps);
        var other = InUse("10.9.9.9") with { Network = NetworkDerivation.IdOf(new UserId(Actors.UserKey.PublicKey), "other") };
        Assert.Single(Plan("", other).Steps);
    }

    [Fact]
    public void The_journal_s_form_of_a_step_never_changes() => Assert.Equal(
        """
        {"step":"ensure-network","network":"n","holder":"h","version":5,"subnet":"s","gateway":"g","gateway6":"6","peers":[{"subnet":"t",
        "public_key":"k","allowed_ips":["a"],"endpoint":"e"}]}
        """.ReplaceLineEndings(""),
        module.WriteStep(new EnsureNetwork("n", "h", 5, "s", "g", "6", [new PeerStep("t", "k", ["a"], "e")])).Text);

    private static NetworkFacts InUse(params string[] addresses) =>
        new(Web, [], addresses.ToDictionary(IPAddress.Parse, _ => new ReservationId(7, 1)));

    private Fault Refusal(string members, params NetworkFacts[] networks) =>
        Assert.Throws<FaultException>(() => Plan(members, networks)).Fault;

    private Plan Plan(string members, params NetworkFacts[] networks) => Plan(members, new MachineFacts([]) { Networks = networks });

    private Plan Plan(string members, MachineFacts facts)
    {
        var data = CanonicalJson.Of($$"""{"name":"web"{{members}}}""");
        Assert.Empty(module.Validate(data));
        return module.Plan(Order, Actors.Reserve(1, "network", data, Created, TimeSpan.FromHours(1)), facts);
    }
}

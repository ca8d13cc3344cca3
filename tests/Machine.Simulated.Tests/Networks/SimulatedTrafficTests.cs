using System.Net;
using Provision.Machine.Conformance.Containers;
using Provision.Machine.Conformance.Networks;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Networks;

public sealed class SimulatedTrafficTests : NetworkTrafficConformance
{
    private readonly SimulatedMachine machine = Machines.New();

    protected override ITestMachine Subject => new SimulatedTestMachine(machine);

    [Fact]
    public async Task A_container_that_runs_is_not_let_go()
    {
        var network = Network();
        await Networks.EnsureAsync(network, Ct);
        var order = await JoinedAsync(network, 5, "run", "member");
        await Containers.EnsureAsync(order, Ct);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Networks.LeaveAsync(network.Network, order.Owner, Ct));

        await IsListedAsync([network], Member(network, 5, order.Owner));
    }

    [Theory]
    [InlineData("10.20.0.0/23", "10.20.0.1")]
    [InlineData("10.20.1.0/30", "10.20.1.1")]
    [InlineData("10.20.1.0/24", "10.20.2.1")]
    [InlineData("10.20.1.0/24", "10.20.1.255")]
    [InlineData("100.127.0.0/24", "100.127.0.2")]
    [InlineData("fd00::/28", "fd00::1")]
    public async Task What_no_plan_may_say_is_a_bug(string subnet, string gateway)
    {
        var order = Network() with { Subnet = IPNetwork.Parse(subnet), Gateway = IPAddress.Parse(gateway) };

        await Assert.ThrowsAsync<ArgumentException>(async () => await Networks.EnsureAsync(order, Ct));
    }

    [Fact]
    public async Task Damage_to_what_is_not_there_is_nothing()
    {
        machine.Networks.RemoveNamespace(Network().Network);
        machine.Networks.RemoveRules(Network().Network);
        machine.Networks.RemoveNamespace(Owner());
        machine.Networks.RemoveLink(Owner());
        machine.Networks.RemoveAddress(Owner(), IPAddress.Loopback);

        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
    }

    [Theory]
    [InlineData(Damage.NetworkNamespace, 1)]
    [InlineData(Damage.Rules, 0)]
    [InlineData(Damage.MemberLink, 1)]
    [InlineData(Damage.MemberAddress, 1)]
    public async Task Damage_is_felt_until_it_is_mended(Damage damage, int code)
    {
        var network = Network();
        await Networks.EnsureAsync(network, Ct);
        var server = await JoinedAsync(network, 5, "listen 80", "server");
        var client = await JoinedAsync(network, 6, "connect 10.20.1.5 80", "client");
        await Containers.EnsureAsync(server, Ct);
        await DamageAsync(damage, Member(network, 5, server.Owner));
        Assert.Equal(code, await CodeOfAsync(client));

        await Networks.MendAsync(Ct);

        Assert.Equal(0, await CodeOfAsync(client));
    }
}

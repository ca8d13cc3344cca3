using System.Net;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Tests.Containers;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>What an operator, or another program with root, does to the networks of a machine.</summary>
public sealed class NetworkMendTests(ContainerFixture fixture) : LinuxNetworkSuite(fixture)
{
    [Theory]
    [InlineData("ip link delete HOSTLINK")]
    [InlineData("ip link set HOSTLINK down")]
    [InlineData("ip address flush dev HOSTLINK")]
    [InlineData("nft delete table inet TABLE")]
    [InlineData("nft flush chain inet TABLE input")]
    [InlineData("nft flush chain inet TABLE forward")]
    [InlineData("nft add table inet TABLE { flags dormant; }")]
    [InlineData("nft flush ruleset")]
    [InlineData("ip netns delete ROUTER")]
    [InlineData("ip -n ROUTER link delete UPLINK")]
    [InlineData("ip -n ROUTER route flush dev UPLINK")]
    [InlineData("ip -n ROUTER route delete default")]
    [InlineData("ip netns exec ROUTER nft flush set inet provision closed")]
    [InlineData("ip netns exec ROUTER nft delete table inet provision")]
    [InlineData("ip netns exec ROUTER nft flush chain inet provision names")]
    [InlineData("ip netns delete NETWORK")]
    [InlineData("ip -n NETWORK link delete BRIDGE")]
    [InlineData("ip -n NETWORK link set BRIDGE down")]
    [InlineData("ip -n NETWORK address delete 10.20.1.1/24 dev BRIDGE")]
    [InlineData("ip -n NETWORK address add 10.20.1.99/24 dev BRIDGE")]
    [InlineData("ip -n NETWORK address add fe80::2/64 dev BRIDGE")]
    [InlineData("ip -n NETWORK link delete public")]
    [InlineData("ip -n NETWORK route delete default")]
    [InlineData("ip -n NETWORK link set PORT nomaster")]
    [InlineData("ip -n NETWORK link set PORT down")]
    [InlineData("ip netns exec NETWORK nft insert rule inet provision forward accept")]
    [InlineData("ip netns exec NETWORK nft flush chain inet provision outside")]
    [InlineData("ip netns delete MEMBER")]
    [InlineData("ip -n MEMBER link delete eth0")]
    [InlineData("ip -n MEMBER link set eth0 down")]
    [InlineData("ip -n MEMBER route delete default")]
    [InlineData("ip -n MEMBER address add 10.20.1.99/24 dev eth0")]
    [InlineData("ip -n MEMBER link set lo down")]
    public async Task What_was_done_to_it_is_undone_and_what_runs_runs_on(string command)
    {
        Outside.Greet(Port);
        var network = await EnsuredAsync();
        var server = await ServerAsync(network, 5);
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
        var words = WordsOf(command, network.Network, server.Owner);
        Tool.Run(words[0], words[1..]);

        Assert.NotEmpty((await Networks.MendAsync(Ct)).Mended);

        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
        Assert.Equal(new Container(server.Owner, null, 0), await FindAsync(server));
        string[] wanted = [$"10.20.1.5 {Port}", $"{Outside.Internet} {Port}"];
        Assert.Equal(string.Join('\n', wanted), await GreetedByAsync(network, 6, wanted));
        Assert.Contains(
            "welcome",
            RunIn(Places.NamespaceOf(server.Owner), "busybox", "nc", "-w", "5", Outside.Internet.ToString(), "80"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ip netns exec ROUTER sysctl -q net.ipv4.ip_forward=0")]
    [InlineData("ip netns exec ROUTER sysctl -q net.netfilter.nf_conntrack_tcp_timeout_established=432000")]
    [InlineData("ip netns exec NETWORK sysctl -q net.netfilter.nf_conntrack_tcp_timeout_established=432000")]
    [InlineData("ip netns exec MEMBER sysctl -q net.ipv4.conf.all.accept_redirects=1")]
    [InlineData("sysctl -q net.ipv4.conf.HOSTLINK.rp_filter=0")]
    public async Task Settings_are_looked_at_in_turns_and_at_once_by_a_new_daemon(string command)
    {
        var network = await EnsuredAsync();
        var server = await ServerAsync(network, 5);
        var words = WordsOf(command, network.Network, server.Owner);
        Tool.Run(words[0], words[1..]);

        var setting = Assert.Single(await MendedInTurnsAsync());

        Tool.Run(words[0], words[1..]);
        await Fixture.ReopenAsync();
        Assert.Equal(setting, Assert.Single((await Networks.MendAsync(Ct)).Mended));
    }

    [Fact]
    public async Task What_is_not_ours_is_not_touched()
    {
        Tool.Run("ip", "link", "add", "foreign0", "type", "bridge");
        Tool.Run("ip", "address", "add", "192.168.78.1/24", "dev", "foreign0");
        Tool.Run("nft", "add", "table", "inet", "foreign");
        Tool.Run("nft", "add", "chain", "inet", "foreign", "forward", "{ type filter hook forward priority 10; policy accept; }");
        var before = NetworkTraces.All();
        var network = await EnsuredAsync();
        await ServerAsync(network, 5);
        Tool.Run("nft", "delete", "table", "inet", Places.HostTable);
        Tool.Run("ip", "link", "delete", Places.HostLink);
        Tool.Run("nft", "add", "rule", "inet", "foreign", "forward", "accept");
        Assert.NotEmpty((await Networks.MendAsync(Ct)).Mended);
        Tool.Run("nft", "flush", "chain", "inet", "foreign", "forward");
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);

        await RemoveAllAsync();

        Assert.Equal(before, NetworkTraces.All());
        Tool.Run("ip", "link", "delete", "foreign0");
        Tool.Run("nft", "delete", "table", "inet", "foreign");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_left_when_all_is_released_or_removed(bool released)
    {
        var before = NetworkTraces.All();
        var network = await EnsuredAsync();
        await ServerAsync(network, 5);
        await Networks.JoinAsync(Member(network, 6, Owner("idle")), Ct);
        Assert.NotEqual(before, NetworkTraces.All());

        if (released)
        {
            await RemoveAllAsync();
        }
        else
        {
            await Containers.RemoveAsync(Owner("server"), Grace, Ct);
            await Fixture.Networks!.RemoveAllAsync();
        }

        Assert.Equal(before, NetworkTraces.All());
        Assert.Empty(await Networks.ListAsync(Ct));
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
    }

    [Fact]
    public async Task Two_instances_side_by_side_do_not_meet()
    {
        Outside.Greet(Port);
        var network = await EnsuredAsync();
        var server = await ServerAsync(network, 5);
        var one = NetworkTraces.All();
        var root = Directory.CreateTempSubdirectory("provision-test-").FullName;
        using (var two = new LinuxNetworks(root, [], [], TimeProvider.System))
        {
            await two.EnsureAsync(network, Ct);
            await two.JoinAsync(Member(network, 6, server.Owner), Ct);
            var space = new NetworkPlaces(root).NamespaceOf(server.Owner);
            string Nc(IPAddress address) =>
                Tool.Try("ip", "netns", "exec", space, "sh", "-c", $"busybox nc -w 1 {address} {Port} < /dev/null").Output;

            Assert.Equal("welcome", Nc(Outside.Internet));
            Assert.DoesNotContain("welcome", Nc(AddressOf(network, 5)), StringComparison.Ordinal);
            Assert.DoesNotContain("welcome", Nc(UplinkOf(network)), StringComparison.Ordinal);
            Assert.Empty((await Networks.MendAsync(Ct)).Mended);
            Assert.Empty((await two.MendAsync(Ct)).Mended);
            await two.RemoveAllAsync();
        }

        Directory.Delete(root, recursive: true);
        Assert.Equal(one, NetworkTraces.All());
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
        Assert.Equal($"10.20.1.5 {Port}", await GreetedByAsync(network, 6, [$"10.20.1.5 {Port}"]));
    }

    /// <summary>The words of a command, names of what is there in the places of those in capitals.</summary>
    private string[] WordsOf(string command, NetworkId network, Digest member) => command
        .Replace("HOSTLINK", Places.HostLink, StringComparison.Ordinal)
        .Replace("TABLE", Places.HostTable, StringComparison.Ordinal)
        .Replace("ROUTER", Places.Router, StringComparison.Ordinal)
        .Replace("UPLINK", NetworkPlaces.UplinkOf(network), StringComparison.Ordinal)
        .Replace("NETWORK", Places.NamespaceOf(network), StringComparison.Ordinal)
        .Replace("BRIDGE", NetworkPlaces.BridgeOf(network), StringComparison.Ordinal)
        .Replace("PORT", NetworkPlaces.LinkOf(member), StringComparison.Ordinal)
        .Replace("MEMBER", Places.NamespaceOf(member), StringComparison.Ordinal).Split(' ');
}

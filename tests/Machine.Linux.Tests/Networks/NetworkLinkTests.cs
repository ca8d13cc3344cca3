using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Networks.Netlink;
using Provision.Machine.Linux.Tests.Containers;
using Provision.Machine.Networks;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>How the links of networks are set, and that they stay so.</summary>
public sealed class NetworkLinkTests(ContainerFixture fixture) : LinuxNetworkSuite(fixture)
{
    private const string Everything = "sysctl -a -r 'net\\.ipv[46]\\.conf\\..*\\.(accept_redirects|send_redirects|accept_ra"
        + "|accept_source_route|route_localnet|proxy_arp|proxy_ndp)$'";

    [Fact]
    public async Task No_link_believes_or_sends_redirects_and_no_link_takes_what_routers_say()
    {
        var network = await EnsuredAsync();
        var member = Member(network, 5, Owner());
        await Networks.JoinAsync(member, Ct);
        string[] links = [Places.HostLink, NetworkPlaces.UplinkOf(network.Network), "up", "public", "eth0"];

        var settings = SettingsOf(member).Concat(Tool.Run("sh", "-c", Everything).Split('\n').Where(line => IsOf(line, Places.HostLink)));

        Assert.All(links, link => Assert.True(settings.Count(line => IsOf(line, link)) >= 4, link));
        Assert.All(settings, line => Assert.EndsWith(" = 0", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_link_that_was_there_before_is_set_when_it_is_mended()
    {
        var network = await EnsuredAsync();
        var member = Member(network, 5, Owner());
        await Networks.JoinAsync(member, Ct);
        foreach (var space in SpacesOf(member))
        {
            RunIn(space, "sh", "-c", $"{Everything} | sed 's/ = .*/=1/' | xargs sysctl -qw");
        }

        Assert.NotEmpty(await MendedInTurnsAsync());

        Assert.All(SettingsOf(member), line => Assert.EndsWith(" = 0", line, StringComparison.Ordinal));
        Assert.Empty(await MendedInTurnsAsync());
    }

    [Fact]
    public async Task Every_link_takes_only_what_comes_from_where_it_would_be_answered_to()
    {
        const string filters = "sysctl -a -r 'net\\.ipv4\\.conf\\..*\\.rp_filter$'";
        var network = await EnsuredAsync();
        var member = Member(network, 5, Owner());
        await Networks.JoinAsync(member, Ct);
        Assert.Equal("1", Tool.Run("cat", $"/proc/sys/net/ipv4/conf/{Places.HostLink}/rp_filter"));
        Assert.All(FiltersOf(member), line => Assert.EndsWith(" = 1", line, StringComparison.Ordinal));
        foreach (var space in SpacesOf(member))
        {
            RunIn(space, "sh", "-c", $"{filters} | sed 's/ = .*/=2/' | xargs sysctl -qw");
        }

        Assert.NotEmpty(await MendedInTurnsAsync());

        Assert.All(FiltersOf(member), line => Assert.EndsWith(" = 1", line, StringComparison.Ordinal));
        Assert.Empty(await MendedInTurnsAsync());

        IEnumerable<string> FiltersOf(MemberOrder member) => SpacesOf(member)
            .SelectMany(space => RunIn(space, "sh", "-c", filters).Split('\n'))
            .Where(line => !IsOf(line, "lo") && !IsOf(line, NetworkPlaces.LinkOf(member.Owner)));
    }

    [Fact]
    public async Task Every_link_takes_packets_of_1500_bytes_and_does_so_again_when_somebody_set_another_size()
    {
        var network = await EnsuredAsync();
        var member = Member(network, 5, Owner());
        await Networks.JoinAsync(member, Ct);
        Assert.All(MtusOf(member), mtu => Assert.Equal("1500", mtu));
        Tool.Run("ip", "link", "set", Places.HostLink, "mtu", "1400");
        RunIn(Places.Router, "ip", "link", "set", NetworkPlaces.UplinkOf(network.Network), "mtu", "1400");
        RunIn(Places.NamespaceOf(network.Network), "ip", "link", "set", NetworkPlaces.BridgeOf(network.Network), "mtu", "1400");
        RunIn(Places.NamespaceOf(network.Network), "ip", "link", "set", NetworkPlaces.LinkOf(member.Owner), "mtu", "9000");
        RunIn(Places.NamespaceOf(member.Owner), "ip", "link", "set", "eth0", "mtu", "576"); // Too small for IPv6.

        var mended = (await Networks.MendAsync(Ct)).Mended;

        Assert.Equal(5, mended.Count(line => line.Contains("MTU of", StringComparison.Ordinal)));
        Assert.All(MtusOf(member), mtu => Assert.Equal("1500", mtu));
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
    }

    [Theory]
    [InlineData("NETWORK", "BRIDGE", "10.20.1.1/24")]
    [InlineData("MEMBER", "eth0", "10.20.1.5/24")]
    public async Task A_foreign_address_that_came_first_goes_and_ours_stays(string space, string link, string own)
    {
        var network = await EnsuredAsync();
        var member = Member(network, 5, Owner());
        await Networks.JoinAsync(member, Ct);
        (space, link) = space == "MEMBER"
            ? (Places.NamespaceOf(member.Owner), link)
            : (Places.NamespaceOf(network.Network), NetworkPlaces.BridgeOf(network.Network));
        RunIn(space, "ip", "address", "delete", own, "dev", link);
        RunIn(space, "ip", "address", "add", "10.20.1.99/24", "dev", link);
        RunIn(space, "ip", "address", "add", own, "dev", link);

        Assert.NotEmpty((await Networks.MendAsync(Ct)).Mended);

        var addresses = RunIn(space, "ip", "-o", "-4", "address", "show", "dev", link);
        Assert.Contains($" {own} ", addresses, StringComparison.Ordinal);
        Assert.DoesNotContain("10.20.1.99", addresses, StringComparison.Ordinal);
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
    }

    [Fact]
    public async Task Removing_all_where_there_never_was_a_network_changes_no_rules()
    {
        var root = Directory.CreateTempSubdirectory("provision-test-").FullName;
        using var socket = new NetlinkSocket(NetlinkSocket.Filtering);
        var before = socket.ReadGeneration();

        using (var networks = new LinuxNetworks(root, [], [], TimeProvider.System))
        {
            await networks.RemoveAllAsync();
        }

        Assert.Equal(before, socket.ReadGeneration());
        Directory.Delete(root, recursive: true);
    }

    private string[] SpacesOf(MemberOrder member) =>
        [Places.Router, Places.NamespaceOf(member.Network), Places.NamespaceOf(member.Owner)];

    private IReadOnlyList<string> SettingsOf(MemberOrder member) =>
    [
        // A port of a bridge is no link to what speaks IP.
        .. SpacesOf(member).SelectMany(space => RunIn(space, "sh", "-c", Everything).Split('\n'))
            .Where(line => !IsOf(line, "lo") && !IsOf(line, NetworkPlaces.LinkOf(member.Owner))),
    ];

    private IReadOnlyList<string> MtusOf(MemberOrder member) =>
    [
        .. SpacesOf(member).SelectMany(space => RunIn(space, "ip", "-o", "link").Split('\n'))
            .Append(Tool.Run("ip", "-o", "link", "show", Places.HostLink))
            .Where(line => !line.Contains(": lo:", StringComparison.Ordinal))
            .Select(line => line.Split(" mtu ")[1].Split(' ')[0]),
    ];

    private static bool IsOf(string line, string link) => line.Contains($".conf.{link}.", StringComparison.Ordinal);
}

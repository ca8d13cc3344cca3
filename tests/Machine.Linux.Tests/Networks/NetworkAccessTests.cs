using System.Net;
using Provision.Machine.Linux.Tests.Containers;
using Provision.Machine.Linux.Tests.Escapes;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>Where what is in a network gets to, and who gets to it.</summary>
public sealed class NetworkAccessTests(ContainerFixture fixture) : LinuxNetworkSuite(fixture)
{
    private const int HostPort = 7001;

    [Fact]
    public async Task Members_reach_the_internet_under_the_address_of_the_machine()
    {
        var callers = Outside.Greet(Port);
        var network = await EnsuredAsync();

        Assert.Equal($"{Outside.Internet} {Port}", await GreetedByAsync(network, 5, [$"{Outside.Internet} {Port}"]));

        Assert.All(callers, caller => Assert.Equal(Outside.Machine, caller));
        Assert.NotEmpty(callers);
    }

    [Fact]
    public async Task Names_are_asked_of_one_address_and_the_gateway_answers_them_too()
    {
        Outside.AnswerNames();
        var network = await EnsuredAsync();

        var said = await SaidAsync(network, 5, $"busybox nslookup example.org; busybox nslookup example.org {network.Gateway}");

        Assert.Equal(2, said.Split(Outside.Named.ToString()).Length - 1);
        Assert.Contains("100.127.0.1:53", said, StringComparison.Ordinal);
        Assert.Contains($"{network.Gateway}:53", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_runs_has_name_service_after_a_new_version_moved_the_gateway()
    {
        Outside.AnswerNames();
        var network = await EnsuredAsync();
        var server = await ServerAsync(network, 5);
        var told = File.ReadAllText(Path.Combine(Fixture.PathOf(server.Root), "etc/resolv.conf")).Trim().Split(' ')[1];
        var newer = network with { Holder = Owner("newer"), Version = 2, Gateway = AddressOf(network, 9) };
        newer = newer with { Gateway6 = Member(network, 9, newer.Holder).Addresses[1] };

        await Networks.EnsureAsync(newer, Ct);

        foreach (var address in new[] { told, newer.Gateway.ToString() })
        {
            Assert.Contains(
                Outside.Named.ToString(),
                RunIn(Places.NamespaceOf(server.Owner), "busybox", "nslookup", "example.org", address),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Names_are_known_also_where_the_subnet_has_the_address_of_who_knows_them()
    {
        Outside.AnswerNames();
        var network = In(Network(), "192.168.77.0/24");
        await Networks.EnsureAsync(network, Ct);

        var said = await SaidAsync(network, 5, $"busybox nslookup example.org; busybox nslookup example.org {network.Gateway}");

        Assert.Equal(Outside.Neighbour, network.Gateway);
        Assert.Equal(2, said.Split(Outside.Named.ToString()).Length - 1);
    }

    [Fact]
    public async Task What_leaves_the_machine_by_another_way_than_the_internet_does_is_closed()
    {
        Outside.Greet(HostPort);
        string[] closed = ["55.5.5.1", "66.6.6.1", "77.7.7.1"];
        foreach (var address in closed)
        {
            Outside.Run("ip", "address", "add", $"{address}/32", "dev", "lo");
        }

        Outside.Run("ip", "address", "add", "192.168.77.50/24", "dev", "wan1");
        Outside.Run("ip", "address", "add", "192.168.77.51/24", "dev", "wan1");
        Tool.Run("ip", "route", "add", "55.5.5.0/24", "dev", "wan0", "table", "100");
        Tool.Run("ip", "route", "add", "77.7.7.0/24", "via", "192.168.77.50", "dev", "wan0", "table", "1000");
        Tool.Run("ip", "rule", "add", "lookup", "100");
        Tool.Run("ip", "rule", "add", "lookup", "1000");
        Tool.Run("ip", "route", "add", "66.6.6.0/24", "via", "192.168.77.50");
        Tool.Run("ip", "route", "add", "8.8.8.0/24", "via", $"{Outside.Neighbour}");
        Tool.Run("ip", "route", "add", "128.0.0.0/1", "via", "192.168.77.51"); // Half of a default route.
        try
        {
            var network = await EnsuredAsync();
            var places = closed.Append($"{Outside.Internet}").Select(address => $"{address} {HostPort}");

            Assert.Equal($"{Outside.Internet} {HostPort}", await GreetedByAsync(network, 5, places));
            var set = RunIn(Places.Router, "nft", "list", "set", "inet", "provision", "closed");
            Assert.DoesNotContain("8.8.8.0", set, StringComparison.Ordinal);
            Assert.DoesNotContain("128.0.0.0/1", set, StringComparison.Ordinal);
        }
        finally
        {
            Tool.Run("ip", "rule", "delete", "lookup", "100");
            Tool.Run("ip", "rule", "delete", "lookup", "1000");
            Tool.Run("ip", "route", "flush", "table", "100");
            Tool.Run("ip", "route", "flush", "table", "1000");
        }
    }

    [Fact]
    public async Task Without_resolvers_a_question_for_names_is_refused_and_not_kept_waiting()
    {
        Fixture.Resolvers = [];
        await ReopenAsync();
        var network = await EnsuredAsync();

        var said = await SaidAsync(
            network, 5, $"busybox nc -w 30 100.127.0.1 53 2>&1; busybox nc -w 30 {network.Gateway} 53 2>&1; true");

        Assert.DoesNotContain("timed out", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_the_internet_is_closed()
    {
        var atMachine = Outside.GreetAtMachine(HostPort);
        Outside.Greet(HostPort);
        var (network, other) = (await EnsuredAsync("one"), In(Network("other"), "10.20.2.0/24"));
        await Networks.EnsureAsync(other, Ct);
        await ServerAsync(other, 5, "stranger");
        var link = AddressIn(Tool.Run("ip", "-o", "-4", "address", "show", "dev", Places.HostLink));

        string[] closed =
        [
            $"{Outside.Machine} {HostPort}", $"{link} {HostPort}", $"{Outside.Neighbour} {HostPort}", $"168.63.129.16 {HostPort}",
            $"{Outside.Neighbour} 53", $"127.0.0.1 {HostPort}", $"100.127.0.1 {HostPort}", $"{network.Gateway} {HostPort}",
            $"10.20.2.5 {Port}", $"{other.Gateway} {Port}", $"{UplinkOf(other)} {Port}", $"{UplinkOf(network)} {Port}",
        ];
        var greeted = await GreetedByAsync(network, 5, [.. closed, $"{Outside.Internet} {HostPort}"]);

        Assert.Equal($"{Outside.Internet} {HostPort}", greeted);
        Assert.Empty(atMachine);
    }

    [Fact]
    public async Task What_is_closed_is_refused_and_not_kept_waiting()
    {
        var network = await EnsuredAsync();

        var said = await SaidAsync(
            network, 5, $"busybox nc -w 30 {Outside.Neighbour} {HostPort} 2>&1; busybox nc -w 30 {network.Gateway} {HostPort} 2>&1; true");

        Assert.DoesNotContain("timed out", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_farmer_allows_is_open_and_the_rest_is_not()
    {
        Outside.Greet(HostPort);
        Outside.GreetAtMachine(HostPort);
        var network = await EnsuredAsync();
        Fixture.AllowedDestinations = [new IPNetwork(Outside.Neighbour, 32)];
        await ReopenAsync();
        Assert.Equal("", await GreetedByAsync(network, 5, [$"{Outside.Machine} {HostPort}"]));

        var greeted = await GreetedByAsync(network, 5, [$"{Outside.Machine} {HostPort}", $"{Outside.Neighbour} {HostPort}"]);
        Assert.Equal($"{Outside.Neighbour} {HostPort}", greeted);

        Fixture.AllowedDestinations = [new IPNetwork(Outside.Machine, 32)];
        await ReopenAsync();
        greeted = await GreetedByAsync(network, 6, [$"{Outside.Machine} {HostPort}", $"{Outside.Neighbour} {HostPort}"]);
        Assert.Equal($"{Outside.Machine} {HostPort}", greeted);
    }

    [Fact]
    public async Task Nobody_outside_begins_to_speak_to_a_network()
    {
        var network = await EnsuredAsync();
        await ServerAsync(network, 5);
        var member = AddressOf(network, 5);
        var router = AddressIn(RunIn(Places.Router, "ip", "-o", "-4", "address", "show", "dev", "up"));
        Outside.Run("ip", "route", "add", "10.20.1.0/24", "via", Outside.Machine.ToString());
        Outside.Run("ip", "route", "add", "100.64.0.0/10", "via", Outside.Machine.ToString());
        Tool.Run("ip", "route", "add", "10.20.1.0/24", "via", $"{router}");
        Tool.Run("ip", "route", "add", "100.127.0.0/16", "via", $"{router}");
        RunIn(Places.Router, "ip", "route", "add", "10.20.1.0/24", "via", UplinkOf(network).ToString());

        foreach (var address in new[] { member, UplinkOf(network), network.Gateway, router, IPAddress.Parse("100.127.0.1") })
        {
            Assert.False(await Outside.IsGreetedAsync(address, Port));
            Assert.False(await Outside.IsMachineGreetedAsync(address, Port));
        }

        Tool.Run("ip", "route", "delete", "10.20.1.0/24");
        Tool.Run("ip", "route", "delete", "100.127.0.0/16");
        Assert.Equal($"{member} {Port}", await GreetedByAsync(network, 6, [$"{member} {Port}"]));
    }

    [Fact]
    public async Task The_machine_forwards_for_networks_alone_when_it_did_not_forward_before()
    {
        var (name, far) = ($"far-{Environment.ProcessId}", IPAddress.Parse("198.18.9.2"));
        Tool.Run("ip", "netns", "add", name);
        try
        {
            Tool.Run("ip", "link", "add", "far0", "type", "veth", "peer", "name", "far1", "netns", name);
            Tool.Run("ip", "address", "add", "198.18.9.1/24", "dev", "far0");
            Tool.Run("ip", "link", "set", "far0", "up");
            Tool.Run("ip", "-n", name, "address", "add", $"{far}/24", "dev", "far1");
            Tool.Run("ip", "-n", name, "link", "set", "far1", "up");
            Tool.Run("ip", "-n", name, "route", "add", "default", "via", "198.18.9.1");
            Outside.Run("ip", "route", "add", "198.18.9.0/24", "via", Outside.Machine.ToString());
            await EnsuredAsync();
            Assert.False(Outside.Reaches(far));

            Tool.Run("nft", "delete", "table", "inet", Places.HostTable);
            Assert.True(Outside.Reaches(far));

            Assert.NotEmpty((await Networks.MendAsync(Ct)).Mended);
            Assert.False(Outside.Reaches(far));
        }
        finally
        {
            Tool.Run("ip", "netns", "delete", name);
        }
    }

    [Fact]
    public async Task A_member_changes_nothing_of_its_network_and_speaks_for_nobody_else()
    {
        var network = await EnsuredAsync();
        await ServerAsync(network, 7);
        string[] commands =
        [
            "busybox ip address add 10.20.1.77/24 dev eth0", "busybox ip link set eth0 down",
            "busybox ip link set eth0 address 02:00:00:00:00:01",
            "busybox ip route add 192.168.0.0/16 via 10.20.1.7", "busybox ip route delete default",
            "busybox ip link add b type bridge", "echo 1 > /proc/sys/net/ipv4/ip_forward", "busybox arping -c 1 -w 1 -I eth0 10.20.1.7",
            "busybox nc -s 10.20.1.77 -w 1 10.20.1.7 80", "busybox nc -s 10.20.1.1 -w 1 10.20.1.7 80", "busybox udhcpc -n -q -t 1 -i eth0",
            "busybox ifconfig eth0:1 10.20.1.77", "busybox unshare -n true", "busybox nsenter -n/proc/1/ns/net true",
        ];
        var lines = commands.Select((command, i) => $"( {command} ) > /dev/null 2>&1 && echo '{command}'");

        Assert.Equal("", await SaidAsync(network, 5, string.Join('\n', lines.Append("true"))));

        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
    }

    [Fact]
    public async Task A_member_sends_nothing_under_the_ipv6_address_of_another()
    {
        const int ipv6 = 10; // AF_INET6, SOCK_DGRAM, IPPROTO_IPV6, IPV6_V6ONLY, IPV6_FREEBIND; EADDRNOTAVAIL
        var network = await EnsuredAsync();
        await ServerAsync(network, 7);
        var neighbour = Member(network, 7, Owner()).Addresses[1].GetAddressBytes();
        var program = new SyscallProgram();
        var socket = program.Call(Calls.Socket, ipv6, 2, 0);
        program.Call(Calls.SetOption, socket, 41, 26, program.Bytes([1, 0, 0, 0]), 4);
        program.Call(Calls.SetOption, socket, 41, 78, program.Bytes([1, 0, 0, 0]), 4);
        program.Call(Calls.Bind, socket, program.Bytes([ipv6, 0, 0, 0, 0, 0, 0, 0, .. neighbour, 0, 0, 0, 0]), 28);
        var order = await JoinedAsync(network, 5, "run", "attacker") with { Arguments = ["sh", "-c", "/program > /results"] };
        Assert.SkipUnless(SyscallProgram.CanRun, "the attacking program is for x86-64");
        await File.WriteAllBytesAsync(Path.Combine(Fixture.PathOf(order.Root), "program"), program.ToFile(), Ct);
        File.SetUnixFileMode(Path.Combine(Fixture.PathOf(order.Root), "program"), (UnixFileMode)0x1ed);

        Assert.Equal(0, await CodeOfAsync(order));

        var results = SyscallProgram.Read(await File.ReadAllBytesAsync(Path.Combine(Fixture.PathOf(order.Root), "results"), Ct));
        Assert.Equal([0, -1, -99], results.Skip(1));
    }

    [Fact]
    public async Task Ordinary_users_of_a_member_open_low_ports_and_ping()
    {
        var network = await EnsuredAsync();
        await ServerAsync(network, 7);
        var order = await JoinedAsync(network, 5, "listen 80", "tenant") with { User = "tenant" };
        await Containers.EnsureAsync(order, Ct);

        Assert.Equal("10.20.1.5 80", await GreetedByAsync(network, 6, ["10.20.1.5 80"]));
        var ranges = RunIn(Places.NamespaceOf(order.Owner), "cat", "/proc/sys/net/ipv4/ping_group_range");
        Assert.Equal("0\t2147483647", ranges);
    }
}

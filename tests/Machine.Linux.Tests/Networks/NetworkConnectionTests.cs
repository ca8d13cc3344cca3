using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Networks.Netlink;
using Provision.Machine.Linux.Tests.Containers;
using Provision.Machine.Networks;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>
/// What networks may take of the table of connections (conntrack), which is one for the machine and all that is on it.
/// </summary>
public sealed class NetworkConnectionTests(ContainerFixture fixture) : LinuxNetworkSuite(fixture)
{
    private const int OwnPort = 7003; // What other tests have begun may last for minutes.
    private const int MostOfNetwork = 2048;
    private const int Slack = 20; // What is on its way: ICMP.
    private const string Filter = "/proc/sys/net/netfilter/";

    [Fact]
    public async Task A_network_with_too_many_connections_is_refused_more_at_once_and_another_one_is_not()
    {
        Outside.Greet(Port);
        var most = Math.Min(MostOfNetwork, MostOfTable / 64);
        var (greedy, other) = (await MemberAsync("greedy", 5), await MemberAsync("other", 5));
        var (routed, here) = (CountIn(Places.Router), CountHere()); // What was begun before goes at a moment of its own.

        Send(greedy, Outside.Internet, Enumerable.Range(10_000, most + 500));

        Assert.InRange(CountIn(Places.Router), most - Slack, most + Slack + routed);
        Assert.InRange(CountIn(Places.NamespaceOf(greedy.Network)), most - Slack, most + Slack);
        Assert.InRange(CountHere(), most - Slack, most + Slack + here);
        Assert.True(CountRefused(Places.NamespaceOf(greedy.Network), RuleTexts.Table) >= 400);
        var refused = Greet(greedy, "30");
        Assert.DoesNotContain("timed out", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("welcome", refused, StringComparison.Ordinal);
        Assert.Contains("welcome", Greet(other, "5"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_whose_end_the_network_alone_has_seen_still_counts()
    {
        Outside.Greet(Port, stays: true);
        var member = await MemberAsync("", 5);
        Lower(Places.Router, RuleTexts.Table, Math.Min(MostOfNetwork, MostOfTable / 64), 100);

        for (var i = 0; i < 150; i++)
        {
            using var socket = Open(member, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(Outside.Internet, Port), Ct);

                // What came for a socket that is closed would be answered with an end that everybody sees.
                Assert.NotEqual(0, await socket.ReceiveAsync(new byte[64], Ct));
                socket.Ttl = 1;
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (SocketException)
            {
                Assert.InRange(i, 100 - Slack, 100 + Slack);
                return;
            }
        }

        Assert.Fail("All of them could be made.");
    }

    [Fact]
    public async Task All_networks_together_leave_the_machine_half_of_the_table()
    {
        var (one, two) = (await MemberAsync("one", 5), await MemberAsync("two", 5));
        var before = CountHere();
        Lower("", Places.HostTable, MostOfTable / 2 / ConnectionBounds.Shares, 1);

        Send(one, Outside.Internet, Enumerable.Range(10_000, 1500));
        Send(two, Outside.Internet, Enumerable.Range(10_000, 1500));

        Assert.InRange(CountHere(), ConnectionBounds.Shares / 2, ConnectionBounds.Shares + Slack + before);
        Assert.True(CountRefused("", Places.HostTable) >= 1500);
        Outside.Greet(Port);
        Assert.True(await Outside.IsMachineGreetedAsync(Outside.Internet, Port));
        Assert.DoesNotContain("timed out", Greet(two, "30"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_network_does_not_take_all_ports_towards_who_knows_the_names()
    {
        var member = await MemberAsync("", 5);
        var before = CountIn(Places.Router);

        for (var i = 0; i < 700; i++)
        {
            Send(member, NameServer.Address, [53]);
        }

        Assert.InRange(CountIn(Places.Router), 512 - Slack, 512 + Slack + before);
    }

    [Fact]
    public async Task A_connection_of_a_network_is_forgotten_after_two_hours_at_most_and_one_that_ended_after_seconds()
    {
        Outside.Greet(OwnPort, stays: true);
        var member = await MemberAsync("", 5);
        using var socket = Open(member, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(Outside.Internet, OwnPort), Ct);
        Assert.Equal(1, await socket.ReceiveAsync(new byte[1], Ct));

        foreach (var space in new[] { "", Places.Router, Places.NamespaceOf(member.Network) })
        {
            Assert.InRange(Assert.Single(SecondsLeft(space)), 7000, 7200);
        }

        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
        foreach (var space in new[] { "", Places.Router, Places.NamespaceOf(member.Network) })
        {
            Assert.All(SecondsLeft(space), seconds => Assert.InRange(seconds, 0, 5));
        }

        using var own = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await own.ConnectAsync(new IPEndPoint(Outside.Internet, OwnPort), Ct);
        Assert.InRange(SecondsLeft("", own: true).Max(), 400_000, 432_000); // What the machine has set for itself.
    }

    [Fact]
    public async Task Connections_of_a_network_go_with_it_and_others_stay()
    {
        Outside.Greet(OwnPort, stays: true);
        var (one, two) = (await MemberAsync("one", 5), await MemberAsync("two", 5));
        using var gone = Open(one, SocketType.Stream, ProtocolType.Tcp);
        await gone.ConnectAsync(new IPEndPoint(Outside.Internet, OwnPort), Ct);
        using var kept = Open(two, SocketType.Stream, ProtocolType.Tcp);
        await kept.ConnectAsync(new IPEndPoint(Outside.Internet, OwnPort), Ct);
        Send(one, Outside.Internet, Enumerable.Range(10_000, 250));
        Assert.True(CountHere() > 240);

        await Networks.LeaveAsync(one.Network, one.Owner, Ct);
        await Networks.ReleaseAsync(one.Network, Owner("network one "), Ct);

        Assert.Single(SecondsLeft(Places.Router));
        Assert.Single(SecondsLeft(""));
        Assert.True(CountHere() < 240);
    }

    [Fact]
    public async Task That_rules_have_counted_is_not_taken_for_damage()
    {
        var member = await MemberAsync("", 5);
        Send(member, Outside.Internet, Enumerable.Range(10_000, MostOfNetwork + 100));
        foreach (var space in new[] { Places.Router, Places.NamespaceOf(member.Network) })
        {
            RunIn(space, "nft", "add", "table", "inet", "foreign");
        }

        Tool.Run("nft", "add", "table", "inet", "foreign");
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
        Tool.Run("nft", "delete", "table", "inet", "foreign");
    }

    private static int MostOfTable => int.Parse(File.ReadAllText(Filter + "nf_conntrack_max"), CultureInfo.InvariantCulture);

    private async Task<MemberOrder> MemberAsync(string which, int host, [CallerMemberName] string test = "")
    {
        var network = await EnsuredAsync(which, test);
        var member = Member(network, host, Owner($"member {which}", test));
        await Networks.JoinAsync(member, Ct);
        return member;
    }

    private Socket Open(MemberOrder member, SocketType type, ProtocolType protocol)
    {
        using var space = NamespaceFolder.Open(Places.NamespaceOf(member.Owner))!;
        return space.Run(() => new Socket(AddressFamily.InterNetwork, type, protocol));
    }

    private void Send(MemberOrder member, IPAddress address, IEnumerable<int> ports)
    {
        using var socket = Open(member, SocketType.Dgram, ProtocolType.Udp);
        foreach (var port in ports)
        {
            socket.SendTo([1], new IPEndPoint(address, port));
        }
    }

    private string Greet(MemberOrder member, string seconds)
    {
        var result = Tool.Try(
            "ip", "netns", "exec", Places.NamespaceOf(member.Owner), "sh", "-c",
            $"busybox nc -w {seconds} {Outside.Internet} {Port} < /dev/null 2>&1");
        return result.Output;
    }

    /// <summary>Has rules that allow so many connections allow fewer.</summary>
    private static void Lower(string space, string table, int most, int fewer)
    {
        var text = Do(space, "nft", "list", "table", "inet", table);
        Assert.Contains($"over {most} ", text, StringComparison.Ordinal);
        var file = Path.GetTempFileName();
        File.WriteAllText(file, text.Replace($"over {most} ", $"over {fewer} ", StringComparison.Ordinal));
        Do(space, "nft", "delete", "table", "inet", table);
        Do(space, "nft", "-f", file);
        File.Delete(file);
    }

    private static int CountRefused(string space, string table)
    {
        var words = Do(space, "nft", "list", "counter", "inet", table, "refused").Split((char[])[' ', '\n', '\t']);
        return int.Parse(words[Array.IndexOf(words, "packets") + 1], CultureInfo.InvariantCulture);
    }

    private static int CountHere() => CountIn("");

    private static int CountIn(string space) => int.Parse(Do(space, "cat", Filter + "nf_conntrack_count"), CultureInfo.InvariantCulture);

    private static string Do(string space, params IReadOnlyList<string> command) =>
        space.Length == 0 ? Tool.Run(command[0], [.. command.Skip(1)]) : RunIn(space, command);

    /// <summary>
    /// How long each TCP connection to our port is remembered from now on: CTA_TIMEOUT of linux/netfilter/nfnetlink_conntrack.h.
    /// </summary>
    /// <param name="name">The namespace; empty: the machine's.</param>
    /// <param name="own">True: those that the machine began, and no others.</param>
    private static List<int> SecondsLeft(string name, bool own = false)
    {
        using var space = name.Length == 0 ? null : NamespaceFolder.Open(name)!;
        using var socket = space?.OpenSocket(NetlinkSocket.Filtering) ?? new NetlinkSocket(NetlinkSocket.Filtering);
        using var request = new NetlinkRequest();
        request.Begin((1 << 8) | 1, NetlinkSocket.AskAll, "Connections cannot be listed");
        request.Write([2, 0, 0, 0]);
        return
        [
            .. socket.Query(request, all: true)!.Where(message => message.Find(4, 4) is not null) // CTA_PROTOINFO
                .Where(message => IsTo(OwnPort, message) && IsOwn(message) == own)
                .Select(message => BinaryPrimitives.ReadInt32BigEndian(message.Find(4, 7)!.Value.Span)),
        ];
    }

    // CTA_TUPLE_ORIG
    private static bool IsOwn(NetlinkMessage message) => message.Find(4, 1)!.Value.Span.IndexOf(Outside.Machine.GetAddressBytes()) >= 0;

    private static bool IsTo(int port, NetlinkMessage message) =>
        message.Find(4, 1)!.Value.Span.IndexOf([(byte)(port >> 8), (byte)port]) > 0;
}

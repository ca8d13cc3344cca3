using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Networks.Netlink;
using Provision.Machine.Linux.Processes;

namespace Provision.Machine.Linux.Doctor;

/// <summary>What private networks are made of, tried in a namespace that nobody else is in.</summary>
/// <param name="here">The machine.</param>
/// <param name="resolvers">Who is asked for names; null: whom the machine asks.</param>
internal sealed class NetworkChecks(Surroundings here, IReadOnlyList<IPAddress>? resolvers)
{
    private const string Trial = "trial";
    private const int ConnectionsMin = 256;
    private static readonly Ability[] Networks = [Ability.Networks];
    private static readonly IPNetwork Subnet = IPNetwork.Parse("10.1.1.0/24");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public IReadOnlyList<Check> All =>
    [
        new Check(
            "nft",
            "The rules of networks are set by a program.",
            ct => new ProgramCheck(Programs.Nft, new Version(1, 0, 6)).LookAsync(here, ct)) { Affects = Networks },
        new Check("packet-filter", "The kernel takes all rules that networks have: bounds, masks, name service.", LookAtRulesAsync)
        {
            Affects = Networks,
            NeedsRoot = true,
        },
        Root("network-namespaces", "Each network, and each member of one, has a network of its own in the kernel.", LookAtNamespaces),
        Root("link-pairs", "Namespaces are connected by pairs of links (veth).", () => LookAtLinks(
            (request, other) => request.AddPair(Trial, 0, Trial, Trial, other.Handle), "a pair was made between two namespaces")),
        Root("bridge", "Members of a network are connected by a bridge.", () => LookAtLinks(
            (request, _) => request.AddBridge(Trial), "one was made")),
        Root("network-settings", "Networks forward, and take nothing that is not for them.", LookAtSettings),
        Check.Of("ipv6", "Members of networks have addresses of IPv6, too.", LookAtIpv6),
        Check.Of("connection-table", "The kernel tracks all connections in one table, of which networks get half.", LookAtTable),
        new Check("resolvers", "Networks ask those for names whom the machine asks.", LookAtResolversAsync),
    ];

    private static Check Root(string name, string meaning, Func<Finding> look) =>
        Check.Of(name, meaning, look) with { Affects = Networks, NeedsRoot = true };

    private async ValueTask<Finding> LookAtRulesAsync(CancellationToken ct)
    {
        var bounds = ConnectionBounds.For(65536);
        var address = IPAddress.Parse("192.0.2.1");
        string[] texts =
        [
            RuleTexts.OfNetwork(Trial, Subnet, Subnet.BaseAddress, bounds),
            RuleTexts.OfRouter([address], [Subnet], [Subnet], bounds),
            RuleTexts.OfMachine($"{RuleTexts.Table}_{Trial}", Trial, Subnet, [address], [Subnet], bounds, isAlone: true),
        ];
        using var space = MakeSpace();
        var commands = new Commands(TimeProvider.System, here.ProgramFolders);
        foreach (var text in texts)
        {
            await commands.RunAsync(Programs.Nft, ["-f", "-"], text, start => space.Run(start), ct);
        }

        using var socket = space.OpenSocket(NetlinkSocket.Filtering);
        return socket.HasTable(RuleTexts.Table)
            ? Finding.Ok("all rules were taken")
            : Finding.Failed("Rules were taken, and are not there", "Look at the kernel's log: dmesg | tail");
    }

    private static Finding LookAtNamespaces()
    {
        using var space = MakeSpace();
        return Finding.Ok("one was made");
    }

    private static Finding LookAtLinks(Action<NetlinkRequest, NetworkNamespace> fill, string found)
    {
        using var space = MakeSpace();
        using var other = MakeSpace();
        using var socket = space.OpenSocket(NetlinkSocket.Routing);
        using var request = new NetlinkRequest();
        fill(request, other);
        socket.Execute(request);
        return socket.Look().Find(Trial) is null
            ? Finding.Failed("A link was made, and is not there", "Look at the kernel's log: dmesg | tail")
            : Finding.Ok(found);
    }

    private static Finding LookAtSettings()
    {
        using var space = MakeSpace();
        var changed = space.Run(() => Settings.Apply(Settings.OfRouter));
        return space.Run(() => Settings.Apply(Settings.OfRouter)) is [var first, ..]
            ? Finding.Failed($"{first} was set, and is not so", "Look at what else sets it.")
            : Finding.Ok($"{changed.Count} were set in a namespace");
    }

    private Finding LookAtIpv6() => Socket.OSSupportsIPv6 && Directory.Exists(Path.Combine(here.Proc, "sys/net/ipv6"))
        ? Finding.Ok("there")
        : Finding.Warning("The kernel has no IPv6", "Networks are of IPv4 alone.", "Boot without ipv6.disable=1.");

    private Finding LookAtTable()
    {
        if (!int.TryParse(here.ReadProc("sys/net/netfilter/nf_conntrack_max"), CultureInfo.InvariantCulture, out var size))
        {
            return Finding.Ok("not loaded yet: the first network loads it");
        }

        var each = ConnectionBounds.For(size).Network;
        return each < ConnectionsMin
            ? Finding.Warning(
                $"room for {size} connections",
                $"A network gets {each} at a time.",
                "Raise it: sysctl -w net.netfilter.nf_conntrack_max=262144")
            : Finding.Ok($"room for {size} connections, {each} of each network");
    }

    private async ValueTask<Finding> LookAtResolversAsync(CancellationToken ct)
    {
        var asked = new NetworkAccess([], resolvers, here.ResolverFiles).Resolvers();
        const string without = "Networks have no name service, unless provisiond is started with --resolver.";
        if (asked.Count == 0)
        {
            return Finding.Warning("This machine asks nobody who can be reached from networks", without, NetworkAccess.NoNames.Remedy!);
        }

        var answers = await Task.WhenAll(asked.Select(async resolver => (resolver, Answers: await AnswersAsync(resolver, ct))));
        var silent = answers.Where(one => !one.Answers).Select(one => one.resolver).ToList();
        return silent.Count == 0 ? Finding.Ok(string.Join(", ", asked))
            : Finding.Warning(
                $"No answer from {string.Join(", ", silent)}",
                silent.Count < asked.Count ? "Some questions for names are answered late." : without,
                "Name others in /etc/resolv.conf, or with --resolver.");
    }

    /// <summary>True when it answers whatever to a question (RFC 1035) for the servers of the root.</summary>
    private static async Task<bool> AnswersAsync(IPAddress resolver, CancellationToken ct)
    {
        byte[] question = [0x70, 0x76, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];
        using var socket = new UdpClient(AddressFamily.InterNetwork);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(Patience);
        try
        {
            socket.Connect(resolver, 53);
            await socket.SendAsync(question, late.Token);
            return (await socket.ReceiveAsync(late.Token)).Buffer.AsSpan().StartsWith(question.AsSpan(0, 2));
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }

    private static NetworkNamespace MakeSpace() =>
        NetworkNamespace.RunInNew(() => new NetworkNamespace(Libc.OpenUnlocked("/proc/thread-self/ns/net")));
}

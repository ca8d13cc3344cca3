using System.Globalization;
using System.Net;
using System.Text;
using Provision.Machine.Networks;

namespace Provision.Machine.Linux.Networks;

/// <summary>The rules of each namespace in the words of nft(8), always whole tables.</summary>
internal static class RuleTexts
{
    /// <summary>What our table is called where nobody else has any.</summary>
    public const string Table = "provision";

    private const string Established = "ct state established,related accept";

    private static readonly string[] Alone =
        [Established, $"iifname != \"{NetworkPlaces.HostLinks}\" oifname != \"{NetworkPlaces.HostLinks}\" drop"];

    private const string Refuse = "reject with icmpx admin-prohibited";
    private const string NameService = "meta l4proto { tcp, udp } th dport 53";

    // What counts is a set, so that several rules count together; counters have names, so that a rule stays what it was.
    private const string Connections = "set connections {\ntype ifname\nsize 65535\nflags dynamic\n}\n";
    private const string Questions = "set questions {\ntype ifname\nsize 65535\nflags dynamic\n}\n";
    private const string Shares = "set connections {\ntype inet_service\nsize 65535\nflags dynamic\n}\n";
    private const string Refused = "counter refused { }\n";

    // On the machine for our connections alone; in our namespaces it is a setting.
    private static readonly string Timeouts =
        $"ct timeout networks {{\nprotocol tcp\nl3proto ip\npolicy = {{ {string.Join(", ", Settings.ConnectionSeconds
            .Select(pair => $"{pair.State} : {pair.Seconds}"))} }}\n}}\n";

    /// <summary>
    /// A network's: what is in it speaks to the outside and is answered; the gateway answers pings, and questions for names as the router
    /// does. Bridged packets pass the chains of forwarding, too, where the machine has br_netfilter.
    /// </summary>
    public static string OfNetwork(string bridge, IPNetwork subnet, IPAddress gateway, ConnectionBounds bounds) => ToText(
        Table,
        [Refused, Connections],
        new("names", "nat", "prerouting", "dstnat", "accept",
            [$"iifname \"{bridge}\" ip daddr {gateway} {NameService} dnat ip to {NameServer.Address}"]),
        new("input", "filter", "input", "filter", "drop",
        [
            "ct state invalid drop", Established, Bound(bridge, "connections", bounds.Network),
            $"iifname \"{bridge}\" meta l4proto {{ icmp, ipv6-icmp }} accept",
            $"iifname \"{NetworkPlaces.Outside}\" icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} accept",
            $"iifname \"{bridge}\" {Refuse}",
        ]),
        new("forward", "filter", "forward", "filter", "drop",
        [
            $"iifname \"{bridge}\" oifname \"{bridge}\" accept",
            "ct state invalid drop", Established, Bound(bridge, "connections", bounds.Network),
            $"iifname \"{bridge}\" oifname \"{NetworkPlaces.Outside}\" ip saddr {subnet} accept",
            $"iifname \"{bridge}\" {Refuse}",
        ]),
        new("outside", "nat", "postrouting", "srcnat", "accept", [$"oifname \"{NetworkPlaces.Outside}\" masquerade fully-random"]));

    /// <summary>
    /// The router's: networks speak to the internet, to nobody else but whom the farmer allows, and never to each other. It knows where
    /// resolvers are, and networks do not: their subnets may have the same addresses.
    /// </summary>
    /// <param name="resolvers">Who may be asked for names.</param>
    /// <param name="allowed">Whom the farmer allows.</param>
    /// <param name="closed">What is not the internet, or belongs to the machine and its neighbours.</param>
    /// <param name="bounds">How much of it.</param>
    public static string OfRouter(
        IReadOnlyList<IPAddress> resolvers,
        IReadOnlyList<IPNetwork> allowed,
        IReadOnlyList<IPNetwork> closed,
        ConnectionBounds bounds) => ToText(
        Table,
        [Refused, Connections, Questions, ToSet("resolvers", resolvers), ToSet("allowed", allowed), ToSet("closed", closed)],
        new("names", "nat", "prerouting", "dstnat", "accept", ToNames(resolvers)),
        new("input", "filter", "input", "filter", "drop",
            ["ct state invalid drop", Established, $"iifname \"{NetworkPlaces.UplinkPrefix}*\" {Refuse}"]),
        new("forward", "filter", "forward", "filter", "drop",
        [
            "ct state invalid drop", Established,
            $"iifname != \"{NetworkPlaces.UplinkPrefix}*\" drop",
            $"oifname != \"{NetworkPlaces.Up}\" {Refuse}",
            Bound($"{NetworkPlaces.UplinkPrefix}*", "connections", bounds.Network),
            $"ip daddr @resolvers {NameService} {Bound($"{NetworkPlaces.UplinkPrefix}*", "questions", bounds.Resolvers)}",
            $"ip daddr @resolvers {NameService} accept",
            "ip daddr @allowed accept",
            $"ip daddr @closed {Refuse}",
            "meta nfproto ipv4 accept",
        ]),
        new("outside", "nat", "postrouting", "srcnat", "accept", [$"oifname \"{NetworkPlaces.Up}\" masquerade fully-random"]));

    /// <summary>
    /// The machine's: what comes from the router leaves the machine under its address, and reaches nothing of it; nobody begins to speak
    /// to the router. Nothing else is touched.
    /// </summary>
    /// <param name="table">The name of the table.</param>
    /// <param name="link">The machine's link to the router.</param>
    /// <param name="router">The addresses of that link.</param>
    /// <param name="resolvers">Who may be asked for names.</param>
    /// <param name="allowed">Whom the farmer allows.</param>
    /// <param name="bounds">How much of it.</param>
    /// <param name="isAlone">True when the machine forwards for networks alone: then it forwards nothing else.</param>
    public static string OfMachine(
        string table,
        string link,
        IPNetwork router,
        IReadOnlyList<IPAddress> resolvers,
        IReadOnlyList<IPNetwork> allowed,
        ConnectionBounds bounds,
        bool isAlone) => ToText(
        table,
        [Refused, Timeouts, Shares, ToSet("resolvers", resolvers), ToSet("allowed", allowed)],
        new("input", "filter", "input", "filter", "accept",
        [
            $"iifname != \"{link}\" accept", Established, BoundAll(link, bounds), Forget(link),
            $"ip daddr @resolvers {NameService} accept",
            "ip daddr @allowed accept",
            "drop",
        ]),
        new("forward", "filter", "forward", "filter", "accept",
        [
            .. isAlone ? Alone : [], BoundAll(link, bounds), Forget(link),
            $"oifname != \"{link}\" accept", Established, "drop",
        ]),
        new("outside", "nat", "postrouting", "srcnat", "accept", [$"ip saddr {router} oifname != \"{link}\" masquerade fully-random"]));

    /// <summary>Nothing.</summary>
    public static string Without(string table) => $"table inet {table}\ndelete table inet {table}\n";

    private static string Bound(string link, string set, int most) => Bound(link, set, "iifname", most);

    // For one more the kernel walks all that it counts together. The router chooses source ports at random, so that shares of all
    // connections, which are counted by ports, are about equally full.
    private static string BoundAll(string link, ConnectionBounds bounds) =>
        Bound(link, "connections", $"th sport & {ConnectionBounds.Shares - 1}", Math.Max(bounds.All / ConnectionBounds.Shares, 1));

    private static string Bound(string link, string set, string key, int most)
    {
        var count = most.ToString(CultureInfo.InvariantCulture);
        return $"iifname \"{link}\" ct state new add @{set} {{ {key} ct count over {count} }} counter name \"refused\" {Refuse}";
    }

    private static string Forget(string link) => $"iifname \"{link}\" meta l4proto tcp ct timeout set \"networks\"";

    // What one resolver does not answer, another may: whom a question goes to is chance.
    private static string[] ToNames(IReadOnlyList<IPAddress> resolvers)
    {
        var numbered = resolvers.Select((resolver, i) => string.Create(CultureInfo.InvariantCulture, $"{i} : {resolver}"));
        var count = resolvers.Count.ToString(CultureInfo.InvariantCulture);
        return resolvers.Count == 0 ? [] :
        [
            $"iifname \"{NetworkPlaces.UplinkPrefix}*\" ip daddr {NameServer.Address} {NameService} dnat ip to "
                + $"numgen random mod {count} map {{ {string.Join(", ", numbered)} }}",
        ];
    }

    private static string ToSet<T>(string name, IReadOnlyList<T> elements) =>
        $"set {name} {{\ntype ipv4_addr\nflags interval\nauto-merge\n"
        + (elements.Count == 0 ? "" : $"elements = {{ {string.Join(", ", elements)} }}\n") + "}\n";

    /// <summary>The table replaced as a whole, whether or not there was one.</summary>
    private static string ToText(string table, IReadOnlyList<string> sets, params IReadOnlyList<Chain> chains)
    {
        var text = new StringBuilder(Without(table)).Append(CultureInfo.InvariantCulture, $"table inet {table} {{\n").AppendJoin("", sets);
        foreach (var chain in chains)
        {
            text.Append(CultureInfo.InvariantCulture, $"chain {chain.Name} {{\ntype {chain.Type} hook {chain.Hook} ")
                .Append(CultureInfo.InvariantCulture, $"priority {chain.Priority}; policy {chain.Policy};\n")
                .AppendJoin("", chain.Rules.Select(rule => rule + "\n")).Append("}\n");
        }

        return text.Append("}\n").ToString();
    }

    private sealed record Chain(string Name, string Type, string Hook, string Priority, string Policy, IReadOnlyList<string> Rules);
}

using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// Settings of the kernel for the namespace of the calling thread (sysctl(8)), by their paths below <c>/proc/sys/net</c>.
/// </summary>
internal static class Settings
{
    private const string Root = "/proc/sys/net";

    /// <summary>
    /// How long TCP connections of networks are remembered, in seconds after the last packet, by the kernel's names of their states. Those
    /// that ended are not counted by what bounds the others (<c>already_closed</c> in nf_conncount.c of the kernel), and so go soon.
    /// </summary>
    public static IReadOnlyList<(string State, string Seconds)> ConnectionSeconds { get; } =
        [("established", "7200"), ("time_wait", "5"), ("close", "5")];

    /// <summary>
    /// Forwards nothing; an ordinary program may open any port and may ping.
    /// </summary>
    public static IReadOnlyList<(string Path, string Value)> OfMember { get; } =
    [
        ("ipv4/ip_forward", "0"),
        ("ipv4/ip_unprivileged_port_start", "0"),
        ("ipv4/ping_group_range", "0\t2147483647"),
        .. Quiet,
        .. OfLink(NetworkPlaces.MemberLink),
    ];

    /// <summary>Forwards, as its rules say.</summary>
    public static IReadOnlyList<(string Path, string Value)> OfNetwork(string bridge) =>
    [
        ("ipv4/ip_forward", "1"),
        ("ipv6/conf/all/forwarding", "1"),
        ("bridge/bridge-nf-call-iptables", "0"),
        ("bridge/bridge-nf-call-ip6tables", "0"),
        .. Connections,
        .. Quiet,
        .. OfLink(bridge),
        .. OfLink(NetworkPlaces.Outside),
    ];

    /// <summary>Forwards, as its rules say.</summary>
    public static IReadOnlyList<(string Path, string Value)> OfRouter { get; } =
        [("ipv4/ip_forward", "1"), .. Connections, .. Quiet, .. OfLink(NetworkPlaces.Up)];

    /// <summary>
    /// A link's: nobody from outside says anything about routes or addresses, nor do we; it takes only what comes from where it would be
    /// answered to, and answers for nobody else; an address that somebody else put before ours goes alone, and none comes by itself.
    /// Whether the setting of all links or that of the link counts, or the larger one, or both have to agree, is another thing for each of
    /// them, and with forwarding (ip-sysctl.rst of the kernel): all are set. A link that is yet to be made has none, and gets the default.
    /// </summary>
    public static IReadOnlyList<(string Path, string Value)> OfLink(string link) =>
    [
        ($"ipv4/conf/{link}/accept_redirects", "0"),
        ($"ipv4/conf/{link}/send_redirects", "0"),
        ($"ipv4/conf/{link}/promote_secondaries", "1"),
        ($"ipv4/conf/{link}/rp_filter", "1"),
        ($"ipv4/conf/{link}/accept_source_route", "0"),
        ($"ipv4/conf/{link}/route_localnet", "0"),
        ($"ipv4/conf/{link}/proxy_arp", "0"),
        ($"ipv6/conf/{link}/accept_redirects", "0"),
        ($"ipv6/conf/{link}/accept_ra", "0"),
        ($"ipv6/conf/{link}/accept_source_route", "0"),
        ($"ipv6/conf/{link}/proxy_ndp", "0"),
        ($"ipv6/conf/{link}/addr_gen_mode", "1"),
    ];

    private static IReadOnlyList<(string Path, string Value)> Connections =>
        [.. ConnectionSeconds.Select(pair => ($"netfilter/nf_conntrack_tcp_timeout_{pair.State}", pair.Seconds))];

    // Addresses that we give are used at once. A change of forwarding changes some of these, and so goes before.
    private static IReadOnlyList<(string Path, string Value)> Quiet =>
    [
        ("ipv6/conf/all/disable_ipv6", "0"),
        ("ipv6/conf/default/disable_ipv6", "0"),
        ("ipv6/conf/default/accept_dad", "0"),
        .. OfLink("all"),
        .. OfLink("default"),
    ];

    /// <summary>Sets what is set otherwise, and returns the paths of that. What the kernel does not have is not missed.</summary>
    public static IReadOnlyList<string> Apply(IEnumerable<(string Path, string Value)> settings)
    {
        var changed = new List<string>();
        foreach (var ofFolder in settings.GroupBy(setting => Path.GetDirectoryName(setting.Path)!, StringComparer.Ordinal))
        {
            // Opened once: on the way to a folder the kernel compares each name with those of all namespaces, and inside with one.
            var path = Path.Combine(Root, ofFolder.Key);
            using var folder = Libc.OpenFolder(path);
            foreach (var (name, value) in ofFolder.Select(setting => (Path.GetFileName(setting.Path), setting.Value)))
            {
                var file = $"/proc/self/fd/{folder.DangerousGetHandle()}/{name}";
                if (!folder.IsInvalid && File.Exists(file) && File.ReadAllText(file).Trim() != value)
                {
                    File.WriteAllText(file, value);
                    changed.Add(Path.Combine(path, name));
                }
            }
        }

        return changed;
    }
}

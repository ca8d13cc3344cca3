using System.Text;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// Settings of the kernel for the namespace of the calling thread (sysctl(8)), by their paths below <c>/proc/sys/net</c>.
/// </summary>
internal static class Settings
{
    private const string Root = "/proc/sys/net";
    private const string Remedy = "Look whether /proc is mounted here, and whole.";
    private const int TextSizeMax = 64; // Of the longest, ping_group_range, are 13 used.

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
        foreach (var ofTop in settings.GroupBy(setting => setting.Path[..setting.Path.IndexOf('/', StringComparison.Ordinal)]))
        {
            // Opened once: for the first folder of a path the kernel compares the name with those of all namespaces, below with one.
            using var top = Libc.OpenFolder(Path.Combine(Root, ofTop.Key));
            if (top.IsInvalid)
            {
                RequireMissing(Errno.Last, ofTop.Key);
                continue;
            }

            changed.AddRange(ofTop
                .Where(setting => Set(top, setting.Path[(ofTop.Key.Length + 1)..], setting.Value))
                .Select(setting => Path.Combine(Root, setting.Path)));
        }

        return changed;
    }

    private static void RequireMissing(Errno error, string path)
    {
        if (error != Errno.NoEntry)
        {
            throw error.Unavailable($"The setting {path} cannot be read", Remedy);
        }
    }

    private static bool Set(SafeFileHandle folder, string path, string value)
    {
        var missing = Beneath.OpenFile(folder, path, out var file);
        using (file)
        {
            if (missing is not null)
            {
                RequireMissing(missing.Value, path);
                return false;
            }

            Span<byte> found = stackalloc byte[TextSizeMax];
            var size = RandomAccess.Read(file, found, 0);
            if (found[..size].Trim("\n"u8).SequenceEqual(Encoding.ASCII.GetBytes(value)))
            {
                return false;
            }

            File.WriteAllText($"/proc/self/fd/{file.DangerousGetHandle()}", value);
            return true;
        }
    }
}

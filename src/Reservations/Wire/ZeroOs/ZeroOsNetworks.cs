using System.Net;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>What Zero-OS v0.2.1 makes of the <c>data</c> of a network (pkg/network).</summary>
public static class ZeroOsNetworks
{
    /// <summary>What is wrong with a network, in Zero-OS's words; null when nothing is.</summary>
    /// <param name="network">A value of <see cref="ZeroOsTypes.Network"/>.</param>
    public static string? Check(GoObject network)
    {
        var parts = network.List("net_resources").Cast<GoObject>().ToList();
        return IsMissing(network, "net_id") ? "network ID cannot be empty"
            : IsMissing(network, "name") ? "network name cannot be empty"
            : IsMissing(network, "ip_range") ? "network IP range cannot be empty"
            : parts.Count == 0 ? "network needs at least one network resource"
            : parts.Select(CheckPart).FirstOrDefault(fault => fault is not null);
    }

    /// <summary>The routes of one node to its peers: each range of theirs, and the address of WireGuard behind which it is.</summary>
    /// <param name="part">An element of <c>net_resources</c> of a network with which nothing is wrong.</param>
    public static IReadOnlyList<(string Range, IPAddress Gateway)> RoutesOf(GoObject part) =>
    [
        .. from peer in part.List("peers").Cast<GoObject>()
           let gateway = NetworkDerivation.WireGuardOf(IPAddress.Parse(peer.Text("subnet").Split('/')[0]))
           from range in peer.List("allowed_ips").Cast<string>()
           where range.Length > 0 && !IsOne(range)
           select (range, gateway),
    ];

    private static string? CheckPart(GoObject part) =>
        IsMissing(part, "node_id") ? "network resource node ID cannot empty"
        : IsMissing(part, "subnet") ? "network resource subnet cannot empty"
        : IsMissing(part, "wg_private_key") ? "network resource wireguard private key cannot empty"
        : IsMissing(part, "wg_public_key") ? "network resource wireguard public key cannot empty"
        : part.Number("wg_listen_port") == 0 ? "network resource wireguard listen port cannot empty"
        : part.List("peers").Cast<GoObject>().Select(CheckPeer).FirstOrDefault(fault => fault is not null);

    private static string? CheckPeer(GoObject peer) =>
        IsMissing(peer, "wg_public_key") ? "peer wireguard public key cannot empty"
        : IsMissing(peer, "subnet") ? "peer wireguard subnet cannot empty"
        : peer.List("allowed_ips").Count == 0 ? "peer wireguard allowedIPs cannot empty"
        : null;

    // One address is no range to route to: it is the peer itself.
    private static bool IsOne(string range) =>
        range.EndsWith(range.Contains(':', StringComparison.Ordinal) ? "/128" : "/32", StringComparison.Ordinal);

    private static bool IsMissing(GoObject value, string key) => value.Text(key).Length == 0;
}

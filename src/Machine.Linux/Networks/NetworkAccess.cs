using System.Net;
using System.Net.Sockets;
using Provision.Machine.Linux.Images.Sources;
using Provision.Machine.Linux.Networks.Netlink;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Networks;

/// <summary>Where networks may go beside the internet, and where they may not.</summary>
/// <param name="allowed">What the farmer allows of what is closed.</param>
/// <param name="resolvers">Who is asked for names; null: whom the machine asks.</param>
/// <param name="files">Where it is written whom the machine asks, the best first (resolv.conf(5)); null: where it is by custom.</param>
internal sealed class NetworkAccess(
    IReadOnlyList<IPNetwork> allowed, IReadOnlyList<IPAddress>? resolvers, IReadOnlyList<string>? files = null)
{
    // The second is whom systemd-resolved asks, where the first names it alone.
    private static readonly string[] MachineResolvers = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];
    private const int ResolversMax = 3;

    /// <summary>What is wrong when there is nobody to be asked for names.</summary>
    public static Fault NoNames { get; } = new(
        FaultCode.Unavailable,
        "Private networks have no name service: this machine asks nobody who can be reached from outside of it",
        "Start provisiond with --resolver and the IPv4 address of a name server, or name one in /etc/resolv.conf.");

    /// <summary>What the farmer allows, of IPv4.</summary>
    public IReadOnlyList<IPNetwork> Allowed { get; } =
        [.. allowed.Where(network => IsIpv4(network.BaseAddress))];

    /// <summary>
    /// Who is asked for names, of IPv4. One that the machine runs for itself alone (127.0.0.53) cannot be reached from outside of it.
    /// </summary>
    public IReadOnlyList<IPAddress> Resolvers() =>
    [
        .. (resolvers ?? (files ?? MachineResolvers).Select(ReadResolvers).FirstOrDefault(found => found.Any(IsOfUse)) ?? [])
            .Where(IsOfUse).Distinct().Take(ResolversMax),
    ];

    /// <summary>
    /// What is not the internet, what belongs to the machine or is a neighbour of it, and what any table of routes sends another way than
    /// to whom the machine leaves the internet to: a neighbour's network, or one behind a tunnel.
    /// </summary>
    public static IReadOnlyList<IPNetwork> Closed(NamespaceView machine)
    {
        var routes = machine.Routes.Where(route => IsIpv4(route.Destination.BaseAddress)).ToLookup(IsDefault);
        var internet = routes[true].Where(route => route.Table == Route.Main).Select(route => (route.Link, route.Gateway)).ToHashSet();
        return
        [
            .. PublicAddresses.SpecialIpv4
                .Concat(machine.Addresses.Where(address => IsIpv4(address.Address)).Select(address => new IPNetwork(address.Address, 32)))
                .Concat(routes[false].Where(route => route.Gateway is null || !internet.Contains((route.Link, route.Gateway)))
                    .Select(route => route.Destination))
                .Distinct().OrderBy(network => network.ToString(), StringComparer.Ordinal),
        ];
    }

    // Tunnels take all there is in two halves, so that the route that was there stays below theirs.
    private static bool IsDefault(Route route) => route.Destination.PrefixLength <= 1;

    private static bool IsOfUse(IPAddress resolver) => IsIpv4(resolver) && !IPAddress.IsLoopback(resolver);

    private static bool IsIpv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;

    // resolv.conf(5)
    private static IReadOnlyList<IPAddress> ReadResolvers(string file) => !File.Exists(file) ? [] :
    [
        .. File.ReadLines(file).Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", ..] && words.Length > 1)
            .Select(words => IPAddress.TryParse(words[1], out var address) ? address : null).OfType<IPAddress>(),
    ];
}

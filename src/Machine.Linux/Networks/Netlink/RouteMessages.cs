using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>The messages of rtnetlink(7): linux/rtnetlink.h, if_link.h, if_addr.h, veth.h.</summary>
internal static class RouteMessages
{
    private const int NewLink = 16; // RTM_
    private const int DeleteLinkType = 17;
    private const int GetLinks = 18;
    private const int NewAddress = 20;
    private const int DeleteAddressType = 21;
    private const int GetAddresses = 22;
    private const int NewRoute = 24;
    private const int DeleteRouteType = 25;
    private const int GetRoutes = 26;

    private const int LinkHardware = 1; // IFLA_
    private const int LinkName = 3;
    private const int LinkMtu = 4;
    private const int LinkMaster = 10;
    private const int LinkInfo = 18;
    private const int LinkNamespace = 28;
    private const int LinkDetails = 29;
    private const int InfoKind = 1;
    private const int InfoData = 2;
    private const int VethPeer = 1;
    private const int BridgeSnooping = 23;
    private const int LessDetails = 8; // RTEXT_FILTER_SKIP_STATS
    private const int SwitchedOn = 1; // IFF_UP

    private const int AddressOfLink = 1; // IFA_
    private const int AddressLocal = 2;
    private const int AddressFlags = 8;
    private const int NotProbed = 0x2; // IFA_F_NODAD: nobody else can have it, and it works at once.

    private const int RouteDestination = 1; // RTA_
    private const int RouteLink = 4;
    private const int RouteGateway = 5;
    private const int RouteTable = 15;
    private const byte KernelProtocol = 2; // RT_
    private const byte AdvertisedProtocol = 9;
    private const byte OurProtocol = 4;
    private const byte LinkScope = 253;
    private const byte Unicast = 1;
    private const int Cloned = 0x200; // RTM_F_CLONED

    private const int LinkHeader = 16; // sizeof(struct ifinfomsg), and so on
    private const int AddressHeader = 8;
    private const int RouteHeader = 12;

    /// <summary>All there is in the namespace of the socket.</summary>
    public static NamespaceView Look(this NetlinkSocket socket) => new(
        [.. Query(socket, GetLinks, LinkHeader).Select(ToLink)],
        [.. Query(socket, GetAddresses, AddressHeader).Select(ToAddress)],
        [.. Query(socket, GetRoutes, RouteHeader).Select(ToRoute).OfType<Route>()]);

    /// <summary>The links of these names in the namespace of the socket, and what is theirs; others do not make it take longer.</summary>
    public static NamespaceView Look(this NetlinkSocket socket, IReadOnlyList<string> names)
    {
        var links = names.Select(name => Find(socket, name)).OfType<Link>().ToList();
        return new(
            links,
            [.. links.SelectMany(link => Query(socket, GetAddresses, AddressHeader, link)).Select(ToAddress)],
            [.. links.SelectMany(link => Query(socket, GetRoutes, RouteHeader, link)).Select(ToRoute).OfType<Route>()]);
    }

    /// <summary>Makes a bridge that is switched on.</summary>
    public static void AddBridge(this NetlinkRequest request, string name)
    {
        BeginLink(request, NewLink, NetlinkSocket.Create, 0, SwitchedOn, $"Bridge {name} cannot be made");
        request.Add(LinkName, name);
        request.Add(LinkHardware, HardwareAddress.Of(name));
        var info = request.BeginNest(LinkInfo);
        request.Add(InfoKind, "bridge");
        var data = request.BeginNest(InfoData);
        request.Add(BridgeSnooping, [0]); // Nobody asks for memberships here; all members hear all multicasts.
        request.EndNest(data);
        request.EndNest(info);
    }

    /// <summary>Makes a pair of links: one here, which is switched on, its peer in another namespace.</summary>
    /// <param name="request">Where to put the message.</param>
    /// <param name="name">The name here.</param>
    /// <param name="master">The bridge that it becomes a port of; 0: none.</param>
    /// <param name="peer">The name there.</param>
    /// <param name="peerSeed">Stands for the peer: its hardware address is made of it.</param>
    /// <param name="peerNamespace">Where the peer is.</param>
    public static void AddPair(
        this NetlinkRequest request, string name, int master, string peer, string peerSeed, SafeFileHandle peerNamespace)
    {
        BeginLink(request, NewLink, NetlinkSocket.Create, 0, SwitchedOn, $"Link {name} cannot be made");
        request.Add(LinkName, name);
        request.Add(LinkHardware, HardwareAddress.Of(name));
        if (master != 0)
        {
            request.Add(LinkMaster, master);
        }

        var info = request.BeginNest(LinkInfo);
        request.Add(InfoKind, "veth");
        var data = request.BeginNest(InfoData);
        var other = request.BeginNest(VethPeer);
        request.Write(LinkBytes(0, 0)); // It cannot be switched on before it has a peer.
        request.Add(LinkName, peer);
        request.Add(LinkHardware, HardwareAddress.Of(peerSeed));
        request.Add(LinkNamespace, (int)peerNamespace.DangerousGetHandle());
        request.EndNest(other);
        request.EndNest(data);
        request.EndNest(info);
    }

    /// <summary>Switches a link on.</summary>
    public static void SwitchOn(this NetlinkRequest request, Link link) =>
        BeginLink(request, NewLink, NetlinkSocket.Change, link.Index, SwitchedOn, $"Link {link.Name} cannot be switched on");

    /// <summary>Sets the largest packet that a link takes, bytes.</summary>
    public static void SetMtu(this NetlinkRequest request, Link link, int mtu)
    {
        BeginLink(request, NewLink, NetlinkSocket.Change, link.Index, 0, $"Link {link.Name} cannot take packets of {mtu} bytes");
        request.Add(LinkMtu, mtu);
    }

    /// <summary>Makes a link a port of a bridge.</summary>
    public static void SetMaster(this NetlinkRequest request, Link link, int master)
    {
        BeginLink(request, NewLink, NetlinkSocket.Change, link.Index, 0, $"Link {link.Name} cannot be put into its bridge");
        request.Add(LinkMaster, master);
    }

    /// <summary>Takes a link away, and its peer.</summary>
    public static void DeleteLink(this NetlinkRequest request, Link link) => BeginLink(
        request, DeleteLinkType, NetlinkSocket.Change, link.Index, 0, $"Link {link.Name} cannot be removed", Errno.NoDevice);

    /// <summary>Gives a link an address.</summary>
    public static void AddAddress(this NetlinkRequest request, Link link, LinkAddress address)
    {
        WriteAddress(request, NewAddress, NetlinkSocket.Replace, address, $"{link.Name} cannot get the address {address.Address}", null);
        if (address.Address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            request.Add(AddressFlags, NotProbed);
        }
    }

    /// <summary>Takes an address from a link.</summary>
    public static void DeleteAddress(this NetlinkRequest request, Link link, LinkAddress address) => WriteAddress(
        request,
        DeleteAddressType,
        NetlinkSocket.Change,
        address,
        $"The address {address.Address} of {link.Name} cannot be removed",
        Errno.NoAddress);

    /// <summary>Has what goes to a destination take this route.</summary>
    public static void SetRoute(this NetlinkRequest request, Link link, Route route) => WriteRoute(
        request, NewRoute, NetlinkSocket.Replace, route, $"The route to {route.Destination} by {link.Name} cannot be set", null);

    /// <summary>Takes a route away.</summary>
    public static void DeleteRoute(this NetlinkRequest request, Link link, Route route) => WriteRoute(
        request,
        DeleteRouteType,
        NetlinkSocket.Change,
        route,
        $"The route to {route.Destination} by {link.Name} cannot be removed",
        Errno.NoProcess);

    private static void BeginLink(
        NetlinkRequest request, int type, int flags, int index, int switches, string what, Errno? accepted = null)
    {
        request.Begin(type, flags, what, accepted);
        request.Write(LinkBytes(index, switches));
    }

    // struct ifinfomsg: family, type of hardware, number, flags, which flags change
    private static byte[] LinkBytes(int index, int switches)
    {
        var header = new byte[LinkHeader];
        MemoryMarshal.Write(header.AsSpan(4), index);
        MemoryMarshal.Write(header.AsSpan(8), switches);
        MemoryMarshal.Write(header.AsSpan(12), switches);
        return header;
    }

    private static void WriteAddress(NetlinkRequest request, int type, int flags, LinkAddress address, string what, Errno? accepted)
    {
        // struct ifaddrmsg: family, prefix, flags, scope, number of the link
        Span<byte> header = [ToFamily(address.Address), (byte)address.Prefix, 0, 0, 0, 0, 0, 0];
        MemoryMarshal.Write(header[4..], address.Link);
        request.Begin(type, flags, what, accepted);
        request.Write(header);
        request.Add(AddressLocal, address.Address.GetAddressBytes());
        request.Add(AddressOfLink, address.Address.GetAddressBytes());
    }

    private static void WriteRoute(NetlinkRequest request, int type, int flags, Route route, string what, Errno? accepted)
    {
        // struct rtmsg: family, bits of destination and source, service, table, protocol, scope, type, flags
        var destination = route.Destination;
        var scope = route.Gateway is null && destination.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? LinkScope : (byte)0;
        request.Begin(type, flags, what, accepted);
        request.Write(
        [
            ToFamily(destination.BaseAddress), (byte)destination.PrefixLength, 0, 0, Route.Main, OurProtocol, scope, Unicast, 0, 0, 0, 0,
        ]);
        if (destination.PrefixLength > 0)
        {
            request.Add(RouteDestination, destination.BaseAddress.GetAddressBytes());
        }

        request.Add(RouteLink, route.Link);
        if (route.Gateway is not null)
        {
            request.Add(RouteGateway, route.Gateway.GetAddressBytes());
        }
    }

    private static Link? Find(NetlinkSocket socket, string name)
    {
        using var request = new NetlinkRequest();
        BeginLink(request, GetLinks, NetlinkSocket.Ask, 0, 0, $"Link {name} cannot be looked at");
        request.Add(LinkName, name);
        request.Add(LinkDetails, LessDetails);
        return socket.Query(request, all: false) is [var message] ? ToLink(message) : null;
    }

    /// <summary>All there are; addresses and routes also those of one link alone.</summary>
    private static IReadOnlyList<NetlinkMessage> Query(NetlinkSocket socket, int type, int headerSize, Link? link = null)
    {
        using var request = new NetlinkRequest();
        var header = new byte[headerSize];
        if (type == GetAddresses && link is not null)
        {
            MemoryMarshal.Write(header.AsSpan(4), link.Index);
        }

        request.Begin(type, NetlinkSocket.AskAll, "Links, addresses and routes cannot be listed");
        request.Write(header);
        if (type == GetLinks)
        {
            request.Add(LinkDetails, LessDetails);
        }
        else if (type == GetRoutes && link is not null)
        {
            request.Add(RouteLink, link.Index);
        }

        return socket.Query(request, all: true) ?? [];
    }

    private static Link ToLink(NetlinkMessage message) => new(
        message.NumberAt(4),
        NetlinkMessage.ToText(message.Find(LinkHeader, LinkName)!.Value),
        (message.NumberAt(8) & SwitchedOn) != 0,
        NetlinkMessage.ToNumber(message.Find(LinkHeader, LinkMaster)),
        NetlinkMessage.ToNumber(message.Find(LinkHeader, LinkMtu)));

    private static LinkAddress ToAddress(NetlinkMessage message)
    {
        // At a link with two ends only, the first is ours and the other one the peer's.
        var bytes = message.Find(AddressHeader, AddressLocal) ?? message.Find(AddressHeader, AddressOfLink)!.Value;
        return new LinkAddress(message.NumberAt(4), new IPAddress(bytes.Span), message.Body.Span[1]);
    }

    private static Route? ToRoute(NetlinkMessage message)
    {
        var header = message.Body.Span;
        var (family, bits, protocol, type) = (header[0], header[1], header[5], header[7]);
        var isIpv4 = family == ToFamily(IPAddress.Any);
        if ((!isIpv4 && family != ToFamily(IPAddress.IPv6Any)) || type != Unicast
            || (message.NumberAt(8) & Cloned) != 0)
        {
            return null;
        }

        var destination = message.Find(RouteHeader, RouteDestination) is { } bytes ? new IPAddress(bytes.Span)
            : isIpv4 ? IPAddress.Any : IPAddress.IPv6Any;
        var gateway = message.Find(RouteHeader, RouteGateway) is { } by ? new IPAddress(by.Span) : null;
        return new Route(
            NetlinkMessage.ToNumber(message.Find(RouteHeader, RouteLink)),
            new IPNetwork(destination, bits),
            gateway,
            protocol is KernelProtocol or AdvertisedProtocol,
            NetlinkMessage.ToNumber(message.Find(RouteHeader, RouteTable)));
    }

    private static byte ToFamily(IPAddress address) => (byte)(address.AddressFamily == AddressFamily.InterNetwork ? 2 : 10);
}

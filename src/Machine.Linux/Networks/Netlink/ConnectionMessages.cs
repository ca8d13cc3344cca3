using System.Net;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>Messages about the table of connections: linux/netfilter/nfnetlink_conntrack.h.</summary>
internal static class ConnectionMessages
{
    private const int Get = (1 << 8) | 1; // NFNL_SUBSYS_CTNETLINK; IPCTNL_MSG_CT_
    private const int Delete = (1 << 8) | 2;
    private const int HeaderSize = 4; // sizeof(struct nfgenmsg)
    private const int There = 1; // CTA_TUPLE_ORIG
    private const int Back = 2; // CTA_TUPLE_REPLY
    private const int Addresses = 1; // CTA_TUPLE_IP
    private const int Source = 1; // CTA_IP_V4_
    private const int Destination = 2;
    private const int Ports = 2; // CTA_TUPLE_PROTO
    private const int Protocol = 1; // CTA_PROTO_
    private const int SourcePort = 2;
    private const int DestinationPort = 3;
    private const int Filter = 25; // CTA_FILTER
    private const int FilterThere = 1; // CTA_FILTER_ORIG_FLAGS
    private const int BySource = 1; // CTA_FILTER_F_CTA_IP_SRC
    private const byte Ipv4 = 2; // AF_INET
    private const int AtOnce = 100; // More answers do not fit where the kernel keeps them for us.

    /// <summary>
    /// Has the router, whose socket this is, forget the connections with ports that begin at this address, and the machine the same ones:
    /// there they begin where their answers come back to in the router, which translates addresses.
    /// </summary>
    public static void ForgetConnections(this NetlinkSocket router, IPAddress source, NetlinkSocket machine)
    {
        foreach (var connections in List(router, source).Chunk(AtOnce))
        {
            using var here = new NetlinkRequest();
            using var there = new NetlinkRequest();
            foreach (var (begun, answered) in connections)
            {
                AddDelete(here, begun);
                AddDelete(there, answered with
                {
                    Source = answered.Destination,
                    SourcePort = answered.DestinationPort,
                    Destination = answered.Source,
                    DestinationPort = answered.SourcePort,
                });
            }

            router.Execute(here);
            machine.Execute(there);
        }
    }

    private static IEnumerable<(Flow Begun, Flow Answered)> List(NetlinkSocket socket, IPAddress source)
    {
        using var request = new NetlinkRequest();
        request.Begin(Get, NetlinkSocket.AskAll, "The connections of a network cannot be listed");
        request.Write([Ipv4, 0, 0, 0]);
        var tuple = request.BeginNest(There);
        var addresses = request.BeginNest(Addresses);
        request.Add(Source, source.GetAddressBytes());
        request.EndNest(addresses);
        request.EndNest(tuple);
        var filter = request.BeginNest(Filter); // Before Linux 5.8 there is none, and all are listed.
        request.Add(FilterThere, BySource);
        request.EndNest(filter);
        foreach (var message in socket.Query(request, all: true) ?? [])
        {
            if (ToFlow(message, There) is { } begun && ToFlow(message, Back) is { } answered
                && begun.Source.Span.SequenceEqual(source.GetAddressBytes()))
            {
                yield return (begun, answered);
            }
        }
    }

    private static void AddDelete(NetlinkRequest request, Flow flow)
    {
        request.Begin(Delete, NetlinkSocket.Change, "A connection of a network cannot be forgotten", Errno.NoEntry);
        request.Write([Ipv4, 0, 0, 0]);
        var tuple = request.BeginNest(There);
        var addresses = request.BeginNest(Addresses);
        request.Add(Source, flow.Source.Span);
        request.Add(Destination, flow.Destination.Span);
        request.EndNest(addresses);
        var ports = request.BeginNest(Ports);
        request.Add(Protocol, flow.Protocol.Span);
        request.Add(SourcePort, flow.SourcePort.Span);
        request.Add(DestinationPort, flow.DestinationPort.Span);
        request.EndNest(ports);
        request.EndNest(tuple);
    }

    private static Flow? ToFlow(NetlinkMessage message, int direction)
    {
        var tuple = message.Find(HeaderSize, direction)!.Value;
        var (addresses, ports) = (NetlinkMessage.Find(tuple, Addresses)!.Value, NetlinkMessage.Find(tuple, Ports)!.Value);
        return NetlinkMessage.Find(ports, SourcePort) is not { } sourcePort ? null : new Flow(
            NetlinkMessage.Find(ports, Protocol)!.Value,
            NetlinkMessage.Find(addresses, Source)!.Value,
            sourcePort,
            NetlinkMessage.Find(addresses, Destination)!.Value,
            NetlinkMessage.Find(ports, DestinationPort)!.Value);
    }

    /// <summary>One direction of a connection, each part in the bytes of the kernel.</summary>
    private readonly record struct Flow(
        ReadOnlyMemory<byte> Protocol,
        ReadOnlyMemory<byte> Source,
        ReadOnlyMemory<byte> SourcePort,
        ReadOnlyMemory<byte> Destination,
        ReadOnlyMemory<byte> DestinationPort);
}

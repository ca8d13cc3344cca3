using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Provision.Machine.Linux.Networks.Netlink;
using Provision.Machine.Networks;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Networks;

/// <summary>The namespace of a network: its bridge, and its way out, whose other end is in the router.</summary>
internal sealed class NetworkLinks(NetworkPlaces places, Rules rules, SettingTurns turns)
{
    /// <summary>The gateway of all members for IPv6: the same in every network, so that no member must be told when it changes.</summary>
    public static readonly IPAddress Gateway6 = IPAddress.Parse("fe80::1");

    private const int FirstUplink = 2; // 100.127.0.0 is none, 100.127.0.1 the router's.
    private const int Uplinks = 65535 - FirstUplink;
    private static readonly IPNetwork Everywhere = IPNetwork.Parse("0.0.0.0/0");
    private static readonly IPNetwork UplinkRange = IPNetwork.Parse("100.127.0.0/16");

    /// <summary>Has it as the order says; returns its namespace. The router is there.</summary>
    public NetworkNamespace Ensure(NetworkOrder order, List<string> changes)
    {
        var name = places.NamespaceOf(order.Network);
        var bridge = NetworkPlaces.BridgeOf(order.Network);
        var work = NamespaceWork.Of(
            NamespaceFolder.Open(name) ?? Make(name, changes),
            new DueSettings(turns, name, Settings.OfNetwork(bridge)),
            changes,
            [NamespaceWork.Loopback, bridge, NetworkPlaces.Outside]);
        if (work.View.Find(bridge) is null)
        {
            work.Make($"bridge {bridge}", request => request.AddBridge(bridge));
        }

        work.Complete(
            work.Get(bridge),
            [
                (order.Gateway, order.Subnet.PrefixLength),
                (order.Gateway6, order.Subnet6.PrefixLength),
                (Gateway6, 128),
            ],
            []);
        EnsureUplink(order.Network, work, changes);
        return work.Leave();
    }

    /// <summary>
    /// Has the machine forget the network's connections: for hours they would count as those of all networks together. What the kernel
    /// has of them in the network's namespace goes with that.
    /// </summary>
    public void Forget(NetworkId network)
    {
        using var space = NamespaceFolder.Open(places.Router);
        if (space is null)
        {
            return;
        }

        using var routes = space.OpenSocket(NetlinkSocket.Routing);
        var view = routes.Look([NetworkPlaces.UplinkOf(network)]);
        if (view.Find(NetworkPlaces.UplinkOf(network)) is { } uplink && FindAddress(view, uplink) is { } address)
        {
            using var machine = new NetlinkSocket(NetlinkSocket.Filtering);
            using var router = space.OpenSocket(NetlinkSocket.Filtering);
            router.ForgetConnections(address, machine);
        }
    }

    /// <summary>Takes it away. None: nothing to do.</summary>
    public bool Remove(NetworkId network)
    {
        using (var router = NamespaceWork.Find(places.Router, NetworkPlaces.UplinkOf(network)))
        {
            router?.Delete(NetworkPlaces.UplinkOf(network));
        }

        NamespaceFolder.Remove(places.NamespaceOf(network));
        rules.Forget(places.NamespaceOf(network));
        turns.Forget(places.NamespaceOf(network));
        turns.Forget(NetworkPlaces.UplinkOf(network));
        return true;
    }

    private NetworkNamespace Make(string name, List<string> changes)
    {
        rules.Forget(name);
        turns.Forget(name);
        changes.Add($"namespace {name}");
        return NamespaceFolder.Make(name);
    }

    private void EnsureUplink(NetworkId network, NamespaceWork work, List<string> changes)
    {
        var name = NetworkPlaces.UplinkOf(network);
        var space = NamespaceFolder.Open(places.Router);
        using var router = NamespaceWork.Of(
            space ?? throw new IOException($"The namespace {places.Router} was taken away at once."),
            new DueSettings(turns, name, Settings.OfLink(name)),
            changes,
            [name]);
        if (work.View.Find(NetworkPlaces.Outside) is null || router.View.Find(name) is null)
        {
            work.Delete(NetworkPlaces.Outside);
            router.Delete(name);
            turns.Forget(name);
            router.Make(
                $"link {name}",
                request => request.AddPair(name, 0, NetworkPlaces.Outside, $"{name} {NetworkPlaces.Outside}", work.Space!.Handle));
            work.Look();
        }

        var uplink = router.Get(name);
        var address = FindAddress(router.View, uplink) ?? ChooseAddress(router.LookAtAll(), network);
        router.Complete(uplink, [], [(new IPNetwork(address, 32), null)]);
        work.Complete(
            work.Get(NetworkPlaces.Outside),
            [(address, 32)],
            [(new IPNetwork(Router.Address, 32), null), (Everywhere, Router.Address)]);
    }

    private static IPAddress? FindAddress(NamespaceView router, Link uplink) => router.Routes
        .FirstOrDefault(route => route.Link == uplink.Index && route.Destination.PrefixLength == 32
            && UplinkRange.Contains(route.Destination.BaseAddress))?.Destination.BaseAddress;

    /// <summary>Where the id says, or the next one that the router does not have already.</summary>
    private static IPAddress ChooseAddress(NamespaceView router, NetworkId network)
    {
        var taken = router.Routes.Select(route => route.Destination.BaseAddress).ToHashSet();
        var start = BinaryPrimitives.ReadUInt16BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes(network.ToString())));
        for (var i = 0; i < Uplinks; i++)
        {
            var number = FirstUplink + ((start + i) % Uplinks);
            var address = new IPAddress([100, 127, (byte)(number >> 8), (byte)number]);
            if (!taken.Contains(address))
            {
                return address;
            }
        }

        throw new FaultException(FaultCode.Unavailable, $"All {Uplinks} networks of the machine are taken", "Remove some networks.");
    }
}

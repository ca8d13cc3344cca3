using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Networks.Netlink;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Networks;
using Provision.Reservations;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// The namespaces of members, which belong to the machine and not to the container: what runs there can change nothing. Each has a link to
/// the bridge of its network.
/// </summary>
internal sealed class MemberLinks(NetworkPlaces places, Places containers, ControlGroups groups, SettingTurns turns)
{
    private static readonly IPNetwork Everywhere = IPNetwork.Parse("0.0.0.0/0");
    private static readonly IPNetwork Everywhere6 = IPNetwork.Parse("::/0");

    /// <summary>Has the member as its order says, in a network that is whole.</summary>
    public bool Ensure(MemberOrder member, NetworkOrder network, NetworkNamespace networkSpace, List<string> changes)
    {
        var (name, bridgeName) = (NetworkPlaces.LinkOf(member.Owner), NetworkPlaces.BridgeOf(network.Network));
        using var bridgeWork = NamespaceWork.Of(networkSpace.Share(), null, changes, [bridgeName, name]);
        var bridge = bridgeWork.Get(bridgeName);
        var space = Open(member.Owner, changes);
        using var work = NamespaceWork.Of(
            space, new DueSettings(turns, places.NamespaceOf(member.Owner), Settings.OfMember), changes);
        if (bridgeWork.View.Find(name) is null || work.View.Find(NetworkPlaces.MemberLink) is null)
        {
            bridgeWork.Delete(name);
            work.Delete(NetworkPlaces.MemberLink);
            bridgeWork.Make(
                $"link {name}",
                request => request.AddPair(
                    name, bridge.Index, NetworkPlaces.MemberLink, $"{name} {NetworkPlaces.MemberLink}", work.Space!.Handle));
            work.Look();
        }

        bridgeWork.Complete(bridgeWork.Get(name), null, [], bridge);
        work.Complete(
            work.Get(NetworkPlaces.MemberLink),
            [.. member.Addresses.SelectMany(address => Assigned(address, network))],
            [
                (Everywhere, network.Gateway),
                .. member.Addresses.Any(address => address.AddressFamily == AddressFamily.InterNetworkV6)
                    ? new (IPNetwork, IPAddress?)[] { (Everywhere6, NetworkLinks.Gateway6) }
                    : [],
            ]);
        return true;
    }

    /// <summary>Takes it away. None: nothing to do.</summary>
    public bool Remove(NetworkId network, Digest owner)
    {
        using (var work = NamespaceWork.Find(places.NamespaceOf(network), NetworkPlaces.LinkOf(owner)))
        {
            work?.Delete(NetworkPlaces.LinkOf(owner));
        }

        NamespaceFolder.Remove(places.NamespaceOf(owner));
        turns.Forget(places.NamespaceOf(owner));
        return true;
    }

    /// <summary>
    /// Its neighbours of IPv6 are no more than those of IPv4. So it has the address by which it finds them (RFC 4861) from us, without
    /// all the others that the kernel takes for neighbours beside it.
    /// </summary>
    private static IEnumerable<(IPAddress Address, int Prefix)> Assigned(IPAddress address, NetworkOrder network) =>
        address.AddressFamily == AddressFamily.InterNetwork ? [(address, network.Subnet.PrefixLength)]
            : [(address, network.Subnet6.PrefixLength), (LinkLocalOf(address), 128)];

    /// <summary>One of fe80::/64 that is not the gateway's: in a network the last bytes are nobody else's.</summary>
    private static IPAddress LinkLocalOf(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return new IPAddress([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, .. bytes[12..]]);
    }

    /// <summary>By its name, or where the container runs, when somebody took the name away; else a new one.</summary>
    private NetworkNamespace Open(Digest owner, List<string> changes)
    {
        var name = places.NamespaceOf(owner);
        if (NamespaceFolder.Open(name) is { } found)
        {
            return found;
        }

        turns.Forget(name);
        changes.Add($"namespace {name}");
        return OpenOfContainer(owner) is { } running ? NamespaceFolder.Name(running, name) : NamespaceFolder.Make(name);
    }

    private SafeFileHandle? OpenOfContainer(Digest owner)
    {
        var path = containers.FirstProcessOf(owner);
        if (!File.Exists(path) || !int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return null;
        }

        // What was opened is the container's when the container still has the process afterwards.
        using var process = ProcessHandles.Open(id, () => groups.Processes(containers.GroupOf(owner)).Contains(id));
        if (process is null)
        {
            return null;
        }

        var handle = File.OpenHandle($"/proc/{id}/ns/net");
        if (groups.Processes(containers.GroupOf(owner)).Contains(id))
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }
}

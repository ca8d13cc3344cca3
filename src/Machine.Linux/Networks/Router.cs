using System.Net;
using Provision.Machine.Linux.Networks.Netlink;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// The router of an instance: a namespace with a link to the machine and one to each network, and the machine's table of rules. All
/// networks leave through it, and none reaches another.
/// </summary>
internal sealed class Router(NetworkPlaces places, Rules rules, NetworkAccess access)
{
    /// <summary>The router, as networks see it.</summary>
    public static readonly IPAddress Address = IPAddress.Parse("100.127.0.1");

    private static readonly IPNetwork Everywhere = IPNetwork.Parse("0.0.0.0/0");
    private readonly RouterSlots slots = new(places);

    /// <summary>Has it whole; adds what was not to the list.</summary>
    public async ValueTask EnsureAsync(RoutingLock routing, List<string> changes, CancellationToken ct)
    {
        var (space, addresses, closed) = await routing.RunAsync(() => MakeLinks(changes), ct);
        using (space)
        {
            var (resolvers, allowed) = (access.Resolvers(), access.Allowed);
            if (await rules.EnsureAsync(
                places.Router, RuleTexts.Table, RuleTexts.OfRouter(resolvers, allowed, closed), space, ct))
            {
                changes.Add("rules of the router");
            }

            var text = RuleTexts.OfMachine(places.HostTable, places.HostLink, addresses, resolvers, allowed);
            if (await rules.EnsureAsync(places.HostTable, places.HostTable, text, null, ct))
            {
                changes.Add("our rules of the machine");
            }
        }
    }

    /// <summary>Takes it away, of which no network is left. None: nothing to do.</summary>
    public async ValueTask RemoveAsync(RoutingLock routing, CancellationToken ct)
    {
        await routing.RunAsync(
            () =>
            {
                using (var machine = NamespaceWork.OfMachine([]))
                {
                    machine.Delete(places.HostLink);
                }

                NamespaceFolder.Remove(places.Router);
                return true;
            },
            ct);
        await rules.RemoveAsync(places.HostTable, places.HostTable, ct);
        rules.Clear();
        slots.Return();
    }

    private (NetworkNamespace Space, IPNetwork Addresses, IReadOnlyList<IPNetwork> Closed) MakeLinks(List<string> changes)
    {
        var addresses = slots.Take();
        var (first, second) = (addresses.BaseAddress, Second(addresses));
        using var machine = NamespaceWork.OfMachine(changes);
        var space = NamespaceFolder.Open(places.Router) ?? Make(changes);
        var router = NamespaceWork.Of(space, Settings.OfRouter, changes);
        if (machine.View.Find(places.HostLink) is null || router.View.Find(NetworkPlaces.Up) is null)
        {
            machine.Delete(places.HostLink);
            router.Delete(NetworkPlaces.Up);
            machine.Make(
                $"link {places.HostLink}",
                request => request.AddPair(places.HostLink, 0, NetworkPlaces.Up, $"{places.HostLink} {NetworkPlaces.Up}", space.Handle));
            router.Look();
        }

        machine.Complete(machine.View.Find(places.HostLink)!, [(first, addresses.PrefixLength)], []);
        router.Complete(router.View.Find(NetworkPlaces.Up)!, [(second, addresses.PrefixLength)], [(Everywhere, first)]);
        router.Complete(
            router.View.Find(NamespaceWork.Loopback)!, [(IPAddress.Loopback, 8), (IPAddress.IPv6Loopback, 128), (Address, 32)], []);
        return (router.Leave(), addresses, NetworkAccess.Closed(machine.View));
    }

    private NetworkNamespace Make(List<string> changes)
    {
        rules.Forget(places.Router);
        changes.Add($"namespace {places.Router}");
        return NamespaceFolder.Make(places.Router);
    }

    private static IPAddress Second(IPNetwork addresses)
    {
        var bytes = addresses.BaseAddress.GetAddressBytes();
        bytes[^1]++;
        return new IPAddress(bytes);
    }
}

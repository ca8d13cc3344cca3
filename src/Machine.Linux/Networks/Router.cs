using System.Net;
using Provision.Machine.Linux.Networks.Netlink;
using Provision.Machine.Networks;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// The router of an instance: a namespace with a link to the machine and one to each network, and the machine's table of rules. All
/// networks leave through it, and none reaches another.
/// </summary>
internal sealed class Router(NetworkPlaces places, Rules rules, NetworkAccess access, RoutingLock routing, SettingTurns turns) : IDisposable
{
    /// <summary>The router, as networks see it. What they ask it for names they answer themselves.</summary>
    public static readonly IPAddress Address = NameServer.Address;

    private const string Tables = "/proc/sys/net"; // Of neighbours, which are the machine's.
    private static readonly IPNetwork Everywhere = IPNetwork.Parse("0.0.0.0/0");
    private readonly RouterSlots slots = new(places);
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>
    /// Has it whole when somebody needs it, which is asked when nobody can cease to; adds what was not to the list.
    /// </summary>
    public async ValueTask EnsureAsync(Func<bool> isNeeded, ConnectionBounds bounds, List<string> changes)
    {
        await turn.WaitAsync();
        try
        {
            if (!isNeeded())
            {
                return;
            }

            if (turns.IsDue(Tables))
            {
                changes.AddRange(NeighbourTables.Raise(Tables).Select(path => $"setting {path}"));
                turns.Done(Tables);
            }

            var (space, addresses, closed) = await routing.RunAsync(() => MakeLinks(changes));
            using var _ = space;
            var (resolvers, allowed) = (access.Resolvers(), access.Allowed);
            if (await rules.EnsureAsync(places.Router, RuleTexts.Table, RuleTexts.OfRouter(resolvers, allowed, closed, bounds), space))
            {
                changes.Add("rules of the router");
            }

            var text = RuleTexts.OfMachine(
                places.HostTable, places.HostLink, addresses, resolvers, allowed, bounds, RouterSlots.ForwardsForUs);
            if (await rules.EnsureAsync(places.HostTable, places.HostTable, text, null))
            {
                changes.Add($"table {places.HostTable}");
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Takes it away when nobody needs it, which is asked when nobody can begin to. None: nothing to do.</summary>
    public async ValueTask RemoveAsync(Func<bool> isNeeded)
    {
        await turn.WaitAsync();
        try
        {
            if (!isNeeded())
            {
                await routing.RunAsync(RemoveLinks);
                await rules.RemoveAsync(places.HostTable, places.HostTable);
                rules.Clear();
                slots.Return();
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private bool RemoveLinks()
    {
        using (var machine = NamespaceWork.OfMachine([]))
        {
            machine.Delete(places.HostLink);
        }

        NamespaceFolder.Remove(places.Router);
        return true;
    }

    private (NetworkNamespace Space, IPNetwork Addresses, IReadOnlyList<IPNetwork> Closed) MakeLinks(List<string> changes)
    {
        var addresses = slots.Take();
        var (first, second) = (addresses.BaseAddress, Second(addresses));
        using var machine = NamespaceWork.OfMachine(changes);
        var space = NamespaceFolder.Open(places.Router) ?? Make(changes);
        var router = NamespaceWork.Of(
            space, new DueSettings(turns, places.Router, Settings.OfRouter), changes, [NamespaceWork.Loopback, NetworkPlaces.Up]);
        if (machine.View.Find(places.HostLink) is null || router.View.Find(NetworkPlaces.Up) is null)
        {
            machine.Delete(places.HostLink);
            router.Delete(NetworkPlaces.Up);
            turns.Forget(places.HostLink);
            machine.Make(
                $"link {places.HostLink}",
                request => request.AddPair(places.HostLink, 0, NetworkPlaces.Up, $"{places.HostLink} {NetworkPlaces.Up}", space.Handle));
            router.Look();
        }

        // What others set for all links of the machine is theirs.
        new DueSettings(turns, places.HostLink, Settings.OfLink(places.HostLink)).ApplyTo(machine);
        machine.Complete(machine.Get(places.HostLink), [(first, addresses.PrefixLength)], []);
        router.Complete(router.Get(NetworkPlaces.Up), [(second, addresses.PrefixLength)], [(Everywhere, first)]);
        router.Complete(
            router.Get(NamespaceWork.Loopback), [(IPAddress.Loopback, 8), (IPAddress.IPv6Loopback, 128), (Address, 32)], []);
        return (router.Leave(), addresses, NetworkAccess.Closed(machine.View));
    }

    private NetworkNamespace Make(List<string> changes)
    {
        rules.Forget(places.Router);
        turns.Forget(places.Router);
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

using System.Net;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Networks;
using Provision.Reservations;
using Provision.Reservations.Concurrency;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// Networks made of namespaces, bridges and packet filters. What is kept on the disk tells everything about them; what the kernel has of
/// them is made again from that whenever it is not whole, and is gone after a boot.
/// </summary>
public sealed class LinuxNetworks : INetworks, IDisposable
{
    private readonly string root;
    private readonly NetworkPlaces places;
    private readonly NetworkRecords records;
    private readonly Rules rules;
    private readonly Router router;
    private readonly NetworkLinks networks;
    private readonly MemberLinks members;
    private readonly NetworkAccess access;
    private readonly RoutingLock routing = new();
    private readonly SettingTurns settings = new();
    private readonly Turns<NetworkId> turns = new();
    private readonly Turns<Digest> owners = new();

    /// <summary>The networks of an instance; nothing is made before one is asked for.</summary>
    /// <param name="root">The folder of the instance.</param>
    /// <param name="allowedDestinations">Where networks may go although it is not the internet.</param>
    /// <param name="resolvers">Who is asked for names; null: whom the machine asks.</param>
    /// <param name="time">The clock.</param>
    public LinuxNetworks(
        string root, IReadOnlyList<IPNetwork> allowedDestinations, IReadOnlyList<IPAddress>? resolvers, TimeProvider time)
    {
        this.root = Folders.Ensure(root);
        places = new NetworkPlaces(this.root);
        records = new NetworkRecords(places);
        rules = new Rules(places, new Commands(time));
        access = new NetworkAccess(allowedDestinations, resolvers);
        router = new Router(places, rules, access, routing, settings);
        networks = new NetworkLinks(places, rules, settings);
        members = new MemberLinks(places, new Places(this.root), new ControlGroups(time), settings);
    }

    /// <inheritdoc/>
    public async ValueTask EnsureAsync(NetworkOrder order, CancellationToken ct)
    {
        using var turn = await turns.TakeAsync(order.Network, ct);
        await RunAsync($"Network {order.Network} cannot be made", async () =>
        {
            var state = records.Read(order.Network).With(order);
            RequireRoom(state);
            records.Write(order);
            await MakeAsync(state.Newest!, state.Members);
            return true;
        });
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(NetworkId network, Digest holder, CancellationToken ct)
    {
        using var turn = await turns.TakeAsync(network, ct);
        await RunAsync($"Network {network} cannot be released", async () =>
        {
            var before = records.Read(network);
            var state = before.Without(holder);
            if (state.Newest is null && state.Members.Count > 0)
            {
                var names = string.Join(", ", state.Members.Select(member => member.Owner.Short));
                throw new FaultException(
                    FaultCode.Conflict,
                    $"The network has {state.Members.Count} members: {names}",
                    "Remove them first.");
            }

            if (state.IsGone)
            {
                networks.Forget(network);
                await routing.RunAsync(() => networks.Remove(network));
            }
            else if (before.Newest != state.Newest)
            {
                RequireRoom(state);
                await MakeAsync(state.Newest!, state.Members);
            }

            records.RemoveHolder(network, holder);
            if (state.IsGone)
            {
                records.Remove(network);
                await router.RemoveAsync(IsRouterNeeded);
            }

            return true;
        });
    }

    /// <inheritdoc/>
    public async ValueTask JoinAsync(MemberOrder order, CancellationToken ct)
    {
        using var owner = await owners.TakeAsync(order.Owner, ct);
        using var turn = await turns.TakeAsync(order.Network, ct);
        await RunAsync($"Container {order.Owner.Short} cannot become a member of network {order.Network}", async () =>
        {
            var state = records.Read(order.Network);
            var network = state.Newest ?? throw new FaultException(
                FaultCode.NotFound, $"There is no network {order.Network}", "Make it first.");
            MemberRules.Check(order, network, state.Members);
            RequireNoOther(order);
            records.Write(order);
            await MakeAsync(network, [order]);
            return true;
        });
    }

    /// <inheritdoc/>
    public async ValueTask LeaveAsync(NetworkId network, Digest owner, CancellationToken ct)
    {
        using var one = await owners.TakeAsync(owner, ct);
        using var turn = await turns.TakeAsync(network, ct);
        await RunAsync($"Container {owner.Short} cannot leave network {network}", async () =>
        {
            if (records.HasMember(network, owner))
            {
                await routing.RunAsync(() => members.Remove(network, owner));
                records.RemoveMember(network, owner);
            }

            return true;
        });
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Network>> ListAsync(CancellationToken ct) => RunAsync("Networks cannot be listed", async () =>
    {
        var found = new List<Network?>();
        foreach (var id in records.Ids())
        {
            using var turn = await turns.TakeAsync(id, ct);
            found.Add(ReadOrSkip(id)?.ToNetwork());
        }

        return (IReadOnlyList<Network>)[.. found.OfType<Network>()];
    });

    /// <inheritdoc/>
    public ValueTask<MendResult> MendAsync(CancellationToken ct) => RunAsync("Networks cannot be looked at", async () =>
    {
        var notes = new MendNotes();
        settings.Next();
        if (access.Resolvers().Count == 0)
        {
            notes.Troubles.Add(NetworkAccess.NoNames);
        }

        var bounds = ConnectionBounds.Read();
        await notes.TryAsync("router", changes => router.EnsureAsync(IsRouterNeeded, bounds, changes));
        foreach (var id in records.Ids())
        {
            using var turn = await turns.TakeAsync(id, ct);
            await MendAsync(id, bounds, notes);
        }

        return notes.Result;
    });

    /// <summary>Takes all networks away, with their members, and all that was made for any.</summary>
    public async ValueTask RemoveAllAsync() => await RunAsync("Networks cannot be removed", async () =>
    {
        foreach (var name in NamespaceFolder.List(places.Prefix))
        {
            NamespaceFolder.Remove(name);
        }

        await router.RemoveAsync(() => false);
        if (Directory.Exists(places.Networks))
        {
            Directory.Delete(places.Networks, recursive: true);
        }

        return true;
    });

    /// <summary>Lets go of the networks, which stay.</summary>
    public void Dispose()
    {
        router.Dispose();
        routing.Dispose();
    }

    /// <summary>What a container needs to run as a member of its network.</summary>
    /// <exception cref="FaultException"><c>NotFound</c>: it is no member, or what was made for it is gone.</exception>
    internal Membership Open(NetworkId network, Digest owner)
    {
        var state = records.Read(network, unread: []);
        var member = state.Members.FirstOrDefault(member => member.Owner == owner);
        var space = member is null ? null : NamespaceFolder.Open(places.NamespaceOf(owner));
        return space is null || state.Newest is null
            ? throw new FaultException(FaultCode.NotFound, $"{owner.Short} is no member of network {network}", "Have it join first.")
            : new Membership(space, member!.Addresses);
    }

    private async ValueTask MakeAsync(NetworkOrder network, IReadOnlyList<MemberOrder> joining)
    {
        var bounds = ConnectionBounds.Read();
        await router.EnsureAsync(() => true, bounds, []);
        using var space = await MakeNetworkAsync(network, bounds, []);
        foreach (var member in joining)
        {
            await routing.RunAsync(() => members.Ensure(member, network, space, []));
        }
    }

    private async ValueTask<NetworkNamespace> MakeNetworkAsync(NetworkOrder network, ConnectionBounds bounds, List<string> changes)
    {
        var text = RuleTexts.OfNetwork(NetworkPlaces.BridgeOf(network.Network), network.Subnet, network.Gateway, bounds);
        using var made = await routing.RunAsync(() => networks.Ensure(network, changes));
        if (await rules.EnsureAsync(places.NamespaceOf(network.Network), RuleTexts.Table, text, made))
        {
            changes.Add("rules");
        }

        return made.Share();
    }

    /// <summary>Each member by itself: one that cannot be mended keeps no other from it.</summary>
    private async ValueTask MendAsync(NetworkId id, ConnectionBounds bounds, MendNotes notes)
    {
        NetworkState? state = null;
        NetworkNamespace? made = null;
        await notes.TryAsync($"network {id}", async changes =>
        {
            state = records.Read(id, notes.Troubles);
            made = state.Newest is null ? null : await MakeNetworkAsync(state.Newest, bounds, changes);
        });
        using var space = made;
        if (space is null)
        {
            return;
        }

        foreach (var member in state!.Members)
        {
            await notes.TryAsync(
                $"member {member.Owner.Short} of network {id}",
                async changes => await routing.RunAsync(() => members.Ensure(member, state.Newest!, space, changes)));
        }
    }

    private NetworkState? ReadOrSkip(NetworkId id)
    {
        try
        {
            return records.Read(id);
        }
        catch (FaultException)
        {
            return null; // A look at all of them tells of it.
        }
    }

    // Asked under the router's turn: the last network may have gone since it was last asked.
    private bool IsRouterNeeded() => records.Ids().Count > 0;

    private static void RequireRoom(NetworkState state)
    {
        if (state.Newest is { } newest && MemberRules.FindHomeless(newest, state.Members) is var (member, address))
        {
            throw new FaultException(
                FaultCode.Conflict,
                $"{newest.Subnet} has no room for {address}, an address of {member.Owner.Short}",
                "Choose a subnet with that address, or remove the container.");
        }
    }

    private void RequireNoOther(MemberOrder order)
    {
        var others = records.Ids().Where(id => id != order.Network && records.HasMember(id, order.Owner)).Select(id => (NetworkId?)id);
        if (others.FirstOrDefault() is { } other)
        {
            throw new FaultException(
                FaultCode.Conflict, $"{order.Owner.Short} is a member of network {other}", "Have it leave that first.");
        }
    }

    private ValueTask<T> RunAsync<T>(string what, Func<ValueTask<T>> action) =>
        Blocking.RunAsync(what, $"Look at the disk that holds {root}, and at /run: one may be full or broken.", action);
}

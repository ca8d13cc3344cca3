using System.Net;
using System.Net.Sockets;
using Provision.Machine.Networks;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Networks;

/// <summary>
/// Networks in memory: who holds them and who is in them lasts; namespaces, links, addresses and rules are gone after a boot, and when a
/// test takes them away. Members of one network whose links are whole reach each other, and nobody reaches anybody else.
/// </summary>
public sealed class SimulatedNetworks : INetworks
{
    private readonly Dictionary<NetworkId, SimulatedNetwork> networks = [];

    /// <summary>What a look at all networks tells that it cannot mend.</summary>
    public IList<Fault> Troubles { get; } = [];

    /// <summary>Raised after each change.</summary>
    public event Action? Changed;

    /// <inheritdoc/>
    public async ValueTask EnsureAsync(NetworkOrder order, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Check(order);
        var network = networks.GetValueOrDefault(order.Network) ?? new SimulatedNetwork(order.Network);
        var holders = network.Holders.Values.Where(holder => holder.Holder != order.Holder).Append(order);
        CheckRoom(network, SimulatedNetwork.NewestOf(holders).First());
        var changes = network.Holders.GetValueOrDefault(order.Holder) != order;
        networks[order.Network] = network;
        network.Holders[order.Holder] = order;
        Tell(network.Make() || changes);
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(NetworkId network, Digest holder, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (networks.GetValueOrDefault(network) is not { } known || !known.Holders.ContainsKey(holder))
        {
            return;
        }

        var next = known.NewestFirst.FirstOrDefault(other => other.Holder != holder);
        if (next is null)
        {
            CheckEmpty(known);
            networks.Remove(network);
        }
        else
        {
            CheckRoom(known, next);
            known.Holders.Remove(holder);
            known.Make();
        }

        Tell(changes: true);
    }

    /// <inheritdoc/>
    public async ValueTask JoinAsync(MemberOrder order, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var network = networks.GetValueOrDefault(order.Network)
            ?? throw new FaultException(FaultCode.NotFound, $"There is no network {order.Network}", "Order it first.");
        CheckAddresses(network, order);
        if (networks.Values.FirstOrDefault(other => other != network && other.Members.ContainsKey(order.Owner)) is { } other)
        {
            throw new FaultException(FaultCode.Conflict, $"It is a member of network {other.Id}", "Leave that one first.");
        }

        var member = network.Members.GetValueOrDefault(order.Owner);
        var changes = member is null || !member.Order.Addresses.SequenceEqual(order.Addresses);
        if (member is null)
        {
            network.Members.Add(order.Owner, new SimulatedMember(order));
        }
        else
        {
            member.Order = order;
        }

        Tell(network.Make() || changes);
    }

    /// <inheritdoc/>
    public async ValueTask LeaveAsync(NetworkId network, Digest owner, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Invariant.Require(!Runs(owner), "a container that runs does not leave its network");
        Tell(networks.GetValueOrDefault(network)?.Members.Remove(owner) is true);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Network>> ListAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return [.. ById().Select(network => network.Show())];
    }

    /// <inheritdoc/>
    public async ValueTask<MendResult> MendAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var mended = ById().SelectMany(network => network.Damage()).ToList();
        foreach (var network in networks.Values)
        {
            network.Make();
        }

        Tell(mended.Count > 0);
        return new MendResult(mended, [.. Troubles]);
    }

    /// <summary>Somebody removes the namespace of the network; its members' links go with it. No such network: nothing to do.</summary>
    public void RemoveNamespace(NetworkId network) => networks.GetValueOrDefault(network)?.LoseNamespace();

    /// <summary>Somebody empties the network's tables of rules. No such network: nothing to do.</summary>
    public void RemoveRules(NetworkId network) => networks.GetValueOrDefault(network)?.LoseRules();

    /// <summary>Somebody removes the namespace of the member. Not a member: nothing to do.</summary>
    public void RemoveNamespace(Digest owner) => FindMember(owner)?.LoseNamespace();

    /// <summary>Somebody removes the link of the member. Not a member: nothing to do.</summary>
    public void RemoveLink(Digest owner) => FindMember(owner)?.LoseLink();

    /// <summary>Somebody takes an address from the member. Not a member, or not its address: nothing to do.</summary>
    public void RemoveAddress(Digest owner, IPAddress address) => FindMember(owner)?.LoseAddress(address);

    /// <summary>Says whether the container of this owner runs.</summary>
    internal Func<Digest, bool> Runs { get; set; } = _ => false;

    internal IEnumerable<SimulatedNetwork> All => networks.Values;

    internal SimulatedNetwork? Find(NetworkId network) => networks.GetValueOrDefault(network);

    internal void Restore(SimulatedNetwork network) => networks[network.Id] = network;

    /// <summary>The machine was booted.</summary>
    internal void Reboot()
    {
        foreach (var network in networks.Values)
        {
            network.Reboot();
        }
    }

    private IEnumerable<SimulatedNetwork> ById() => networks.Values.OrderBy(network => network.Id.ToString(), StringComparer.Ordinal);

    private SimulatedMember? FindMember(Digest owner) =>
        networks.Values.Select(network => network.Members.GetValueOrDefault(owner)).FirstOrDefault(member => member is not null);

    private void Tell(bool changes)
    {
        if (changes)
        {
            Changed?.Invoke();
        }
    }

    private static void Check(NetworkOrder order)
    {
        if (order.Subnet.PrefixLength is < 24 or > 29 || order.Subnet.BaseAddress.AddressFamily != AddressFamily.InterNetwork
            || order.Subnet.Contains(NameServer.Address)
            || !SimulatedNetwork.IsForMembers(order, order.Gateway) || order.Gateway6.AddressFamily != AddressFamily.InterNetworkV6)
        {
            throw new ArgumentException($"Nobody can make a network of {order.Subnet} with gateway {order.Gateway}.", nameof(order));
        }
    }

    private static void CheckEmpty(SimulatedNetwork network)
    {
        if (network.Members.Count > 0)
        {
            throw new FaultException(
                FaultCode.Conflict,
                $"Network {network.Id} is used by {string.Join(", ", network.Members.Keys.Select(owner => owner.Short))}",
                "End what uses it first.");
        }
    }

    private static void CheckRoom(SimulatedNetwork network, NetworkOrder order)
    {
        foreach (var member in network.Members.Values.Select(member => member.Order))
        {
            if (member.Addresses.FirstOrDefault(one => !SimulatedNetwork.IsForMembers(order, one) || SimulatedNetwork.IsGateway(order, one))
                is { } address)
            {
                throw new FaultException(
                    FaultCode.Conflict,
                    $"{address} of {member.Owner.Short} has no room in {order.Subnet} of network {network.Id}",
                    "Choose a subnet that holds the addresses in use, or end what has them first.");
            }
        }
    }

    private static void CheckAddresses(SimulatedNetwork network, MemberOrder order)
    {
        if (!order.Addresses.Any(address => address.AddressFamily == AddressFamily.InterNetwork))
        {
            throw new FaultException(FaultCode.Invalid, "A member has an IPv4 address", "Name one.");
        }

        foreach (var address in order.Addresses)
        {
            if (!SimulatedNetwork.IsForMembers(network.Newest, address))
            {
                throw new FaultException(
                    FaultCode.Invalid,
                    $"{address} is not an address of a member of {network.Newest.Subnet}",
                    "Name one of the subnet, neither its first nor its last.");
            }

            var holder = network.OwnerOf(address)?.Order.Owner;
            if (SimulatedNetwork.IsGateway(network.Newest, address) || (holder is not null && holder != order.Owner))
            {
                throw new FaultException(FaultCode.Conflict, $"{address} is taken in network {network.Id}", "Name another address.");
            }
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Provision.Machine.Networks;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Networks;

/// <summary>A network: its holders and members, which last, and what the kernel has of it, which a boot takes.</summary>
internal sealed class SimulatedNetwork(NetworkId id)
{
    public NetworkId Id => id;

    public Dictionary<Digest, NetworkOrder> Holders { get; } = [];

    public Dictionary<Digest, SimulatedMember> Members { get; } = [];

    /// <summary>As whose order its namespace was made; null: there is no namespace.</summary>
    public NetworkOrder? Made { get; private set; }

    public bool HasRules { get; private set; }

    public IEnumerable<NetworkOrder> NewestFirst => NewestOf(Holders.Values);

    public NetworkOrder Newest => NewestFirst.First();

    /// <summary>Those in the order in which they apply.</summary>
    public static IEnumerable<NetworkOrder> NewestOf(IEnumerable<NetworkOrder> holders) => holders
        .OrderByDescending(holder => holder.Version)
        .ThenByDescending(holder => holder.Holder.ToString(), StringComparer.Ordinal);

    /// <summary>True when a member of such a network can have the address, were it not taken.</summary>
    public static bool IsForMembers(NetworkOrder network, IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => network.Subnet.Contains(address) && !IsEdge(network.Subnet, address),
        AddressFamily.InterNetworkV6 => network.Subnet6.Contains(address),
        _ => false,
    };

    /// <summary>True when it is one of the gateway's.</summary>
    public static bool IsGateway(NetworkOrder network, IPAddress address) =>
        address.Equals(network.Gateway) || address.Equals(network.Gateway6);

    /// <summary>The member at this address, were its link whole; null when nobody ordered it.</summary>
    public SimulatedMember? OwnerOf(IPAddress address) => Members.Values.FirstOrDefault(member => member.Order.Addresses.Contains(address));

    /// <summary>What is not as it should be, one line each.</summary>
    public IEnumerable<string> Damage()
    {
        if (Made is null)
        {
            yield return $"network {id} had no namespace";
        }
        else if (Made != Newest)
        {
            yield return $"network {id} was not as its newest holder wants it";
        }
        else if (!HasRules)
        {
            yield return $"network {id} had not all its rules";
        }

        foreach (var member in Members.Values.Where(member => !member.IsWhole))
        {
            yield return $"member {member.Order.Owner} of network {id} was not whole";
        }
    }

    /// <summary>Makes it as the newest holder says, members included; false when it was so before.</summary>
    public bool Make()
    {
        var changes = Damage().Any();
        (Made, HasRules) = (Newest, true);
        foreach (var member in Members.Values)
        {
            member.Make();
        }

        return changes;
    }

    public void LoseRules() => HasRules = false;

    /// <summary>The other ends of the members' links go with it.</summary>
    public void LoseNamespace()
    {
        (Made, HasRules) = (null, false);
        foreach (var member in Members.Values)
        {
            member.LoseLink();
        }
    }

    /// <summary>Nothing of it is in the kernel.</summary>
    public void Reboot()
    {
        LoseNamespace();
        foreach (var member in Members.Values)
        {
            member.LoseNamespace();
        }
    }

    public Network Show() => new(
        id,
        Newest.Subnet,
        Newest.Gateway,
        [.. NewestFirst.Select(holder => holder.Holder)],
        [.. Members.Values.Select(member => member.Order).OrderBy(member => member.Owner.ToString(), StringComparer.Ordinal)]);

    private static bool IsEdge(IPNetwork subnet, IPAddress address)
    {
        var hosts = (1 << (32 - subnet.PrefixLength)) - 1;
        var host = address.GetAddressBytes()[3] & hosts;
        return host == 0 || host == hosts;
    }
}

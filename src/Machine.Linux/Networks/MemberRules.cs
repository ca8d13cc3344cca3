using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Provision.Machine.Networks;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Networks;

/// <summary>Which addresses a member can have.</summary>
internal static class MemberRules
{
    /// <summary>Fails when the network, or another member of it, is in the way.</summary>
    /// <exception cref="FaultException"><c>Conflict</c>: an address is taken. <c>Invalid</c>: it can be nobody's.</exception>
    public static void Check(MemberOrder member, NetworkOrder network, IEnumerable<MemberOrder> members)
    {
        if (!member.Addresses.Any(address => address.AddressFamily == AddressFamily.InterNetwork))
        {
            throw new FaultException(FaultCode.Invalid, "A member needs an IPv4 address", $"Choose one of {network.Subnet}.");
        }

        foreach (var address in member.Addresses)
        {
            if (address.Equals(network.Gateway) || address.Equals(network.Gateway6))
            {
                throw new FaultException(FaultCode.Conflict, $"{address} is the gateway's", $"Choose another one of {network.Subnet}.");
            }

            if (!HasRoom(network, address))
            {
                throw new FaultException(
                    FaultCode.Invalid,
                    $"{address} is not an address for a member of {network.Subnet}",
                    "Choose one of that subnet, neither its first nor its last.");
            }

            if (members.FirstOrDefault(other => other.Owner != member.Owner && other.Addresses.Contains(address)) is { } taken)
            {
                throw new FaultException(
                    FaultCode.Conflict, $"{address} is the address of {taken.Owner.Short}", $"Choose another one of {network.Subnet}.");
            }
        }
    }

    /// <summary>A member that has an address for which the network has no room, and that address; null: there is none.</summary>
    public static (MemberOrder Member, IPAddress Address)? FindHomeless(NetworkOrder network, IEnumerable<MemberOrder> members) => members
        .SelectMany(member => member.Addresses.Select(address => (member, address)))
        .Where(pair => !HasRoom(network, pair.address) || pair.address.Equals(network.Gateway) || pair.address.Equals(network.Gateway6))
        .Select(pair => ((MemberOrder, IPAddress)?)pair).FirstOrDefault();

    private static bool HasRoom(NetworkOrder network, IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return network.Subnet6.Contains(address);
        }

        var first = BinaryPrimitives.ReadUInt32BigEndian(network.Subnet.BaseAddress.GetAddressBytes());
        var last = first | (uint.MaxValue >> network.Subnet.PrefixLength);
        var number = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
        return number > first && number < last;
    }
}

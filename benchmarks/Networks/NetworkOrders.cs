using System.Globalization;
using System.Net;
using System.Text;
using Provision.Machine.Networks;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Benchmarks.Networks;

/// <summary>What a machine is asked for: networks of one user, whose members are named by networks and numbers.</summary>
internal static class NetworkOrders
{
    private const int FirstHost = 2; // The gateway is 1.
    private static readonly UserId User = new(KeyPair.Create().PublicKey);
    private static readonly IPNetwork Subnet = IPNetwork.Parse("10.20.1.0/24");

    /// <summary>The network of this name. All have the same addresses.</summary>
    public static NetworkOrder Network(string name)
    {
        var (network, gateway) = (NetworkDerivation.IdOf(User, name), NetworkDerivation.GatewayOf(Subnet));
        return new NetworkOrder
        {
            Network = network,
            Holder = NameOf($"holder {name}"),
            Version = 1,
            Subnet = Subnet,
            Gateway = gateway,
            Gateway6 = NetworkDerivation.Ipv6Of(network, gateway),
        };
    }

    /// <summary>A member of the network, with an address of IPv4 and one of IPv6; its number, from 0, says which.</summary>
    public static MemberOrder Member(NetworkOrder network, int number)
    {
        var bytes = Subnet.BaseAddress.GetAddressBytes();
        bytes[^1] = (byte)(FirstHost + number);
        var address = new IPAddress(bytes);
        var owner = NameOf(string.Create(CultureInfo.InvariantCulture, $"member {network.Network} {number}"));
        return new MemberOrder(owner, network.Network, [address, NetworkDerivation.Ipv6Of(network.Network, address)]);
    }

    private static Digest NameOf(string text) => Digest.Of(Encoding.UTF8.GetBytes(text));
}

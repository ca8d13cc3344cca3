using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Reservations.Wire;

/// <summary>Ids and addresses of networks that follow from what their users chose, as Zero-OS has them (spec 02 §5.1).</summary>
public static class NetworkDerivation
{
    /// <summary>
    /// The network that this user means by this name. User and name are joined with nothing between them; that does no harm, because
    /// nobody can make keys until one begins with the whole text of another.
    /// </summary>
    public static NetworkId IdOf(UserId user, string name) => IdOf(user.ToString(), name);

    /// <summary>
    /// The IPv6 address beside an IPv4 address of a network: <c>fd</c>, the first five characters of the id, the address' third byte as
    /// the last group of the /64, and its fourth byte.
    /// </summary>
    public static IPAddress Ipv6Of(NetworkId network, IPAddress address)
    {
        var ipv4 = BytesOf(address);
        Span<byte> ipv6 = stackalloc byte[16];
        ipv6[0] = 0xfd;
        Encoding.ASCII.GetBytes(network.ToString().AsSpan(0, 5), ipv6[1..]);
        ipv6[7] = ipv4[2];
        ipv6[15] = ipv4[3];
        return new IPAddress(ipv6);
    }

    /// <summary>
    /// The gateway of a subnet: its first address that is a host's. For the subnets of Zero-OS, whose last byte is zero, that is the one
    /// that it chooses, too.
    /// </summary>
    public static IPAddress GatewayOf(IPNetwork subnet)
    {
        var bytes = BytesOf(subnet.BaseAddress);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + 1);
        return new IPAddress(bytes);
    }

    /// <summary>The node's own address between the nodes of a network whose part here is this subnet, one of 100.64.0.0/16.</summary>
    public static IPAddress WireGuardOf(IPNetwork subnet) => WireGuardOf(new IPAddress(BytesOf(subnet.BaseAddress)));

    internal static IPAddress WireGuardOf(IPAddress subnet) => new([100, 64, .. subnet.GetAddressBytes()[^3..^1]]);

    [SuppressMessage("Security", "CA5351", Justification = "It names, and protects nothing; others compute the same name.")]
    internal static NetworkId IdOf(string user, string name)
    {
        var text = BitcoinText.Encode(MD5.HashData(Encoding.UTF8.GetBytes(user + name)));
        Invariant.Require(NetworkId.TryParse(text[..NetworkId.Size], out var id), "sixteen bytes make sixteen characters at least");
        return id;
    }

    private static byte[] BytesOf(IPAddress address) => address.GetAddressBytes() is { Length: 4 } bytes
        ? bytes
        : throw new ArgumentException($"{address} is no IPv4 address.", nameof(address));
}

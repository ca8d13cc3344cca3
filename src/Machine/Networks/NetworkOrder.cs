using System.Net;
using Provision.Reservations;

namespace Provision.Machine.Networks;

/// <summary>A network, as one order wants it.</summary>
public sealed record NetworkOrder
{
    /// <summary>Which.</summary>
    public required NetworkId Network { get; init; }

    /// <summary>The order.</summary>
    public required Digest Holder { get; init; }

    /// <summary>
    /// Of several holders the one of the highest version is the newest; of equal versions, the one of the higher digest text.
    /// </summary>
    public required long Version { get; init; }

    /// <summary>
    /// The IPv4 addresses of the network, host bits zero: 24 to 29 bits of prefix; none is <see cref="NameServer.Address"/>.
    /// </summary>
    public required IPNetwork Subnet { get; init; }

    /// <summary>The gateway's IPv4 address, one of <see cref="Subnet"/>.</summary>
    public required IPAddress Gateway { get; init; }

    /// <summary>The gateway's IPv6 address beside <c>fe80::1</c>.</summary>
    public required IPAddress Gateway6 { get; init; }

    /// <summary>
    /// The IPv6 addresses of the network: around the gateway's as many as <see cref="Subnet"/> has, so that a member cannot name more
    /// neighbours by one family than by the other.
    /// </summary>
    public IPNetwork Subnet6
    {
        get
        {
            var bytes = Gateway6.GetAddressBytes();
            bytes[^1] &= (byte)(byte.MaxValue << (32 - Subnet.PrefixLength));
            return new IPNetwork(new IPAddress(bytes), 96 + Subnet.PrefixLength);
        }
    }
}

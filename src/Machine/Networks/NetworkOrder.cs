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

    /// <summary>The gateway's IPv6 address beside <c>fe80::1</c>; its first 64 bits are those of every member.</summary>
    public required IPAddress Gateway6 { get; init; }
}

using System.Net;
using Provision.Reservations;

namespace Provision.Machine.Networks;

/// <summary>A container in a network.</summary>
/// <param name="Owner">The order of the container.</param>
/// <param name="Network">The network.</param>
/// <param name="Addresses">Its addresses, at least one of IPv4: those of the network's subnet, and of the gateway's IPv6 /64.</param>
public sealed record MemberOrder(Digest Owner, NetworkId Network, IReadOnlyList<IPAddress> Addresses);

using System.Net;

namespace Provision.Workloads.Container;

/// <summary>The network of a container, as a user orders it.</summary>
/// <param name="Network">What the user calls it.</param>
/// <param name="Addresses">The IPv4 addresses that were asked for; empty: whichever is free.</param>
public sealed record JoinSpec(string Network, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>The most addresses.</summary>
    public const int AddressesMax = 8;
}

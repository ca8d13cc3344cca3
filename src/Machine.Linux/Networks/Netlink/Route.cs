using System.Net;

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>A route.</summary>
/// <param name="Link">The number of the link that it leads to.</param>
/// <param name="Destination">Where to.</param>
/// <param name="Gateway">By way of whom; null: all of it is at the link.</param>
/// <param name="Automatic">True when the kernel made it.</param>
internal sealed record Route(int Link, IPNetwork Destination, IPAddress? Gateway, bool Automatic);

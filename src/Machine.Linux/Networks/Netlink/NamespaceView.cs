using System.Net;

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>Links, addresses and routes of a namespace, as the kernel has them.</summary>
/// <param name="Links">The links.</param>
/// <param name="Addresses">Their addresses of IPv4 and IPv6.</param>
/// <param name="Routes">The main table, what a link of its own has no part in left out.</param>
internal sealed record NamespaceView(IReadOnlyList<Link> Links, IReadOnlyList<LinkAddress> Addresses, IReadOnlyList<Route> Routes)
{
    /// <summary>The link of this name; null when there is none.</summary>
    public Link? Find(string name) => Links.FirstOrDefault(link => link.Name == name);
}

/// <summary>A link.</summary>
/// <param name="Index">Its number in its namespace.</param>
/// <param name="Name">Its name in its namespace.</param>
/// <param name="Up">True when it was switched on.</param>
/// <param name="Master">The number of the bridge that it is a port of; 0: of none.</param>
internal sealed record Link(int Index, string Name, bool Up, int Master);

/// <summary>An address of a link.</summary>
/// <param name="Link">The link's number.</param>
/// <param name="Address">The address.</param>
/// <param name="Prefix">How many of its bits all that is reached without a gateway has in common.</param>
internal sealed record LinkAddress(int Link, IPAddress Address, int Prefix);

/// <summary>A route.</summary>
/// <param name="Link">The number of the link that it leads to.</param>
/// <param name="Destination">Where to.</param>
/// <param name="Gateway">By way of whom; null: all of it is at the link.</param>
/// <param name="Automatic">True when the kernel made it.</param>
internal sealed record Route(int Link, IPNetwork Destination, IPAddress? Gateway, bool Automatic);

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>Links, addresses and routes of a namespace, as the kernel has them.</summary>
/// <param name="Links">The links.</param>
/// <param name="Addresses">Their addresses of IPv4 and IPv6.</param>
/// <param name="Routes">All tables, what a link of its own has no part in left out.</param>
internal sealed record NamespaceView(IReadOnlyList<Link> Links, IReadOnlyList<LinkAddress> Addresses, IReadOnlyList<Route> Routes)
{
    /// <summary>The link of this name; null when there is none.</summary>
    public Link? Find(string name) => Links.FirstOrDefault(link => link.Name == name);
}

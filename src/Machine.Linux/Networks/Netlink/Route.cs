using System.Net;

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>A route.</summary>
/// <param name="Link">The number of the link that it leads to.</param>
/// <param name="Destination">Where to.</param>
/// <param name="Gateway">By way of whom; null: all of it is at the link.</param>
/// <param name="Automatic">True when the kernel made it.</param>
/// <param name="Table">The number of the table that it is in.</param>
internal sealed record Route(int Link, IPNetwork Destination, IPAddress? Gateway, bool Automatic, int Table = Route.Main)
{
    /// <summary>The table for what no policy sends to another one (RT_TABLE_MAIN).</summary>
    public const int Main = 254;
}

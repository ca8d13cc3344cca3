using System.Net;

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>An address of a link.</summary>
/// <param name="Link">The link's number.</param>
/// <param name="Address">The address.</param>
/// <param name="Prefix">How many of its bits all that is reached without a gateway has in common.</param>
internal sealed record LinkAddress(int Link, IPAddress Address, int Prefix);

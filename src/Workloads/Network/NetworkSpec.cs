using System.Net;
using Provision.Reservations;

namespace Provision.Workloads.Network;

/// <summary>A private network as a user orders it (spec 01 §5.3).</summary>
/// <param name="Name">What its user calls it: all orders of one user for one name mean one network.</param>
/// <param name="Subnet">The addresses that it has on the node.</param>
/// <param name="Node">The node that <paramref name="Subnet"/> is for, where the order says so.</param>
/// <param name="SubnetField">The field of <c>data</c> that decided <paramref name="Subnet"/>.</param>
public sealed record NetworkSpec(string Name, IPNetwork Subnet, NodeId? Node, string SubnetField)
{
    /// <summary>The longest name.</summary>
    public const int NameSizeMax = 64;

    /// <summary>How many networks a user has on a node at most.</summary>
    public const int OfUserMax = 32;

    /// <summary>
    /// How many networks a node has at most: it looks at all of them every few seconds, and makes links one at a time.
    /// </summary>
    public const int OfNodeMax = 512;

    /// <summary>The addresses of a network whose order names none.</summary>
    public const string RangeDefault = "10.1.0.0/16";

    /// <summary>The largest range of addresses, by its prefix.</summary>
    public const int RangePrefixMin = 8;

    /// <summary>The least.</summary>
    public const int RangePrefixMax = 24;

    /// <summary>The largest subnet, by its prefix.</summary>
    public const int SubnetPrefixMin = 24;

    /// <summary>The smallest: six addresses, of which the gateway has one.</summary>
    public const int SubnetPrefixMax = 29;

    /// <summary>True for what may be the name of a network: letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= NameSizeMax
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-');
}

using Provision.Machine.Linux.Containers;
using Provision.Reservations;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// What everything about the networks of one instance is called, and where it is. Names that the whole machine sees carry the tag of the
/// instance; inside of our namespaces nobody else gives names.
/// </summary>
internal sealed class NetworkPlaces(string root)
{
    /// <summary>The name that a member's link has in its container.</summary>
    public const string MemberLink = "eth0";

    /// <summary>The name of a network's way out, in its namespace.</summary>
    public const string Outside = "public";

    /// <summary>The name of the router's way out, in its namespace.</summary>
    public const string Up = "up";

    /// <summary>What the router's links to networks begin with.</summary>
    public const string UplinkPrefix = "u-";

    private const int OwnerDigits = 32;
    private const int LinkDigits = 12;
    private readonly string tag = new Places(root).Tag;

    /// <summary>What is known of the networks, a folder each; it survives a reboot.</summary>
    public string Networks => Path.Combine(root, "networks");

    /// <summary>What the rules of each namespace were when we made them; empty after a boot.</summary>
    public string Rules => Path.Combine(Places.Shared, $"{tag}-rules");

    /// <summary>The router's namespace.</summary>
    public string Router => $"provision-{tag}";

    /// <summary>What the names of all other namespaces of the instance begin with.</summary>
    public string Prefix => $"{Router}-";

    /// <summary>The links of all instances to their routers, in the words of nft(8).</summary>
    public const string HostLinks = "pv*";

    /// <summary>The machine's link to the router.</summary>
    public string HostLink => $"pv{tag}";

    /// <summary>The machine's table of rules that is ours.</summary>
    public string HostTable => $"provision_{tag}";

    /// <summary>A network's namespace.</summary>
    public string NamespaceOf(NetworkId network) => $"{Prefix}{network}";

    /// <summary>A member's namespace.</summary>
    public string NamespaceOf(Digest owner) => $"{Prefix}{owner.ToString()[..OwnerDigits]}";

    /// <summary>A network's bridge, in its namespace.</summary>
    public static string BridgeOf(NetworkId network) => $"b-{network}";

    /// <summary>The router's link to a network.</summary>
    public static string UplinkOf(NetworkId network) => $"{UplinkPrefix}{network}";

    /// <summary>The bridge's link to a member.</summary>
    public static string LinkOf(Digest owner) => $"v{owner.ToString()[..LinkDigits]}";

    /// <summary>A network's folder.</summary>
    public string FolderOf(NetworkId network) => Path.Combine(Networks, network.ToString());
}

using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Provision.Machine.Linux.Images.Sources;

/// <summary>
/// Which addresses a stranger may make this machine speak to: those of the internet, and of them none of this machine's own. Private,
/// local and shared networks, and addresses that are a disguise of others, are not (IANA's special-purpose registries, RFC 6890); nor is
/// the address at which Azure tells its machines about themselves, which its documentation calls the host's virtual public one.
/// </summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>What of IPv4 is not the internet.</summary>
    public static IEnumerable<IPNetwork> SpecialIpv4 =>
        Special.Where(network => network.BaseAddress.AddressFamily == AddressFamily.InterNetwork);

    /// <summary>True when it is one of the internet's, and not ours.</summary>
    public static bool Contain(IPAddress address) => IsPublic(address) && !IsOurs(address);

    /// <summary>IPv6 outside 2000::/3 has no public address: it is local, or IPv4 in disguise.</summary>
    internal static bool IsPublic(IPAddress address) =>
        (address.AddressFamily == AddressFamily.InterNetwork || address.GetAddressBytes()[0] >> 5 == 1)
        && !Special.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address));

    private static bool IsOurs(IPAddress address) => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(link => link.GetIPProperties().UnicastAddresses)
        .Any(unicast => unicast.Address.Equals(address));
}

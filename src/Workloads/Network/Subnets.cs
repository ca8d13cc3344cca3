using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Provision.Machine.Networks;

namespace Provision.Workloads.Network;

/// <summary>What can be said of IPv4 addresses and subnets without asking a machine.</summary>
internal static class Subnets
{
    /// <summary>Addresses that mean something else to every machine, or to ours.</summary>
    private static readonly (IPNetwork Network, string What)[] Special =
    [
        (Read("0.0.0.0/8"), "this network"),
        (Read("100.64.0.0/10"), "the node's own links and name service"),
        (Read("127.0.0.0/8"), "loopback"),
        (Read("169.254.0.0/16"), "link-local addresses"),
        (Read("224.0.0.0/4"), "multicast"),
        (Read("240.0.0.0/4"), "reserved addresses"),
    ];

    /// <summary>An IPv4 address in the one form that has no second meaning: four decimal numbers.</summary>
    public static bool TryReadAddress(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text;

    /// <summary>An IPv4 network, <c>10.1.2.0/24</c>. <paramref name="remedy"/> says what is wrong when it returns false.</summary>
    public static bool TryRead(string text, int prefixMin, int prefixMax, out IPNetwork network, out string remedy)
    {
        (network, remedy) = (default, $"give an IPv4 network such as 10.1.2.0/{prefixMax}");
        if (text.Split('/') is not [var first, var second] || !TryReadAddress(first, out var address)
            || !int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) || prefix > 32)
        {
            return false;
        }

        if (prefix < prefixMin || prefix > prefixMax)
        {
            remedy = $"give a prefix from /{prefixMin} to /{prefixMax}";
            return false;
        }

        network = Mask(address, prefix);
        remedy = $"give {network}, whose address is that of the network";
        return network.BaseAddress.Equals(address);
    }

    /// <summary>What the range, or some of it, means to every machine; null: it can be a network of anybody.</summary>
    public static string? MeaningOf(IPNetwork network) => Special
        .Where(special => special.Network.Contains(network.BaseAddress) || network.Contains(special.Network.BaseAddress))
        .Select(special => special.What)
        .FirstOrDefault();

    /// <summary>The network of this prefix that the address is in.</summary>
    public static IPNetwork Mask(IPAddress address, int prefix) =>
        new(ToAddress(ToNumber(address) & (uint.MaxValue << (32 - prefix))), prefix);

    /// <summary>
    /// The subnet of a range when nobody chose another: the second of its /24, as Zero-OS's users leave out the first; that one when there
    /// is no second.
    /// </summary>
    public static IPNetwork UsualIn(IPNetwork range) =>
        range.PrefixLength < 24 ? new IPNetwork(ToAddress(ToNumber(range.BaseAddress) + 256), 24) : range;

    /// <summary>True when a member of the network can have the address, were it not taken.</summary>
    public static bool IsForMembers(NetworkOrder network, IPAddress address) =>
        network.Subnet.Contains(address) && !address.Equals(network.Gateway) && !IsEdge(network.Subnet, ToNumber(address));

    /// <summary>The addresses that a member of the network can have, from the lowest.</summary>
    public static IEnumerable<IPAddress> MembersOf(NetworkOrder network)
    {
        var first = ToNumber(network.Subnet.BaseAddress);
        return Enumerable.Range(0, 1 << (32 - network.Subnet.PrefixLength))
            .Select(offset => ToAddress(first + (uint)offset))
            .Where(address => IsForMembers(network, address));
    }

    // The first address means the network itself, the last everybody in it.
    private static bool IsEdge(IPNetwork subnet, uint address)
    {
        var hosts = uint.MaxValue >> subnet.PrefixLength;
        return (address & hosts) == 0 || (address & hosts) == hosts;
    }

    private static IPNetwork Read(string text) => IPNetwork.Parse(text);

    private static uint ToNumber(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static IPAddress ToAddress(uint number)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Provision.Reservations.Faults;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>Names and addresses that a node of Zero-OS v0.2.1 derives on its own links (pkg/network).</summary>
public static class ZeroOsNames
{
    // What the kernel gives a link, without the NUL.
    private const int LinkSizeMax = 15;

    private static ReadOnlySpan<byte> Highest => [0xff, 0xff, 0xff, 0xff, 0xff, 0xfe];

    /// <summary>The bridge of a network.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>: too long for a link. All four say so, as Zero-OS does.</exception>
    public static string BridgeOf(string network) => Link("b-", network, "bridge namespace");

    /// <summary>The namespace of a network, and the link in it.</summary>
    public static string NamespaceOf(string network) => Link("n-", network, "network namespace");

    /// <summary>The WireGuard link of a network.</summary>
    public static string WireGuardOf(string network) => Link("w-", network, "network namespace");

    /// <summary>The tap of a virtual machine in a network.</summary>
    public static string TapOf(string network) => Link("t-", network, "tap name");

    /// <summary>The IPv6 address of a network in the node's own one, beside its IPv4 address there.</summary>
    public static IPAddress UplinkOf(IPAddress address)
    {
        Span<byte> ipv6 = stackalloc byte[16];
        ipv6[0] = 0xfd;
        address.MapToIPv4().GetAddressBytes().AsSpan(2).CopyTo(ipv6[14..]);
        return new IPAddress(ipv6);
    }

    /// <summary>The node's id before it had keys: the MAC of its first link without colons.</summary>
    public static string FirstIdOf(string mac) => mac.Replace(":", "", StringComparison.Ordinal);

    /// <summary>
    /// A MAC that is always the same for this text: six bytes of its MD5, made one of a local address, from the first place where Zero-OS
    /// takes them for valid (ifaceutil/mac.go).
    /// </summary>
    [SuppressMessage("Security", "CA5351", Justification = "It names, and protects nothing; others compute the same name.")]
    public static string MacOf(string text)
    {
        for (var digest = MD5.HashData(Encoding.UTF8.GetBytes(text)); ; digest = MD5.HashData(digest))
        {
            for (var offset = 0; offset <= digest.Length - 6; offset++)
            {
                // The change stays in the buffer, and so in what the next places see.
                digest[offset] = (byte)((digest[offset] & 0xfe) | 0x02);
                var mac = digest.AsSpan(offset, 6);
                if (IsValidMac(mac))
                {
                    return string.Join(':', mac.ToArray().Select(part => part.ToString("x2", CultureInfo.InvariantCulture)));
                }
            }
        }
    }

    /// <summary>The first bytes of a text's MD5 as groups of an IPv6 address, whole groups last.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">How many bytes, 0 to 16.</param>
    [SuppressMessage("Security", "CA5351", Justification = "It names, and protects nothing; others compute the same name.")]
    public static string SuffixOf(string text, int size)
    {
        var digits = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, size));
        var groups = digits.Length % 4 == 0 ? [] : new List<string> { digits[..2] };
        groups.AddRange(digits[(digits.Length % 4)..].Chunk(4).Select(group => new string(group)));
        return string.Join(':', groups);
    }

    private static string Link(string prefix, string network, string what) => prefix.Length + network.Length <= LinkSizeMax
        ? prefix + network
        : throw new FaultException(FaultCode.Invalid, $"{what} too long {prefix}{network}", "Name the network by its id.");

    // Ranges that belong to makers of hardware, compared with the wrong half as Zero-OS does.
    private static bool IsValidMac(ReadOnlySpan<byte> mac)
    {
        var head = BinaryPrimitives.ReadUInt16BigEndian(mac);
        var tail = (mac[3] << 16) | (mac[4] << 8) | mac[5];
        return tail <= 0x0051ff ? head >= 0x0003
            : tail <= 0x9000ff ? head >= 0x0054 && head != 0x3333
            : head >= 0x9002 && mac.SequenceCompareTo(Highest) <= 0;
    }
}

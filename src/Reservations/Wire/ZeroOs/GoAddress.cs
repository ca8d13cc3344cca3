using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>
/// Addresses and ranges as Go's package net reads and writes them. A value is its text; the empty text is nil. .NET reads much that Go
/// refuses, and writes some IPv6 addresses with an IPv4 tail where Go does not.
/// </summary>
internal static class GoAddress
{
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Reads an address: four decimal numbers without leading zeros, or IPv6 without a zone.</summary>
    /// <returns>False when Go would refuse it.</returns>
    public static bool TryParse(string text, out IPAddress address)
    {
        address = IPAddress.None;
        var dotted = text[(text.LastIndexOf(':') + 1)..];
        var isPlain = text.Length <= 45 && !text.AsSpan().ContainsAnyExcept(Alphabet);
        var isDotted = dotted.Contains('.', StringComparison.Ordinal) || dotted.Length == text.Length;
        return isPlain && (!isDotted || IsDotted(dotted)) && IPAddress.TryParse(text, out address!);
    }

    /// <summary>The text of an address: an IPv4 address inside an IPv6 one is written as IPv4.</summary>
    public static string Format(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        var bytes = address.GetAddressBytes();
        var groups = Enumerable.Range(0, 8).Select(i => (bytes[2 * i] << 8) | bytes[(2 * i) + 1]).ToArray();
        var (start, length) = LongestZeros(groups);
        return length < 2
            ? Join(groups)
            : $"{Join(groups.AsSpan(0, start))}::{Join(groups.AsSpan(start + length))}";
    }

    /// <summary>Reads an address; null, and Go's words, when it is none.</summary>
    public static string? Read(string text, out string error)
    {
        error = $"invalid IP address: {text}";
        return text.Length == 0 ? "" : TryParse(text, out var address) ? Format(address) : null;
    }

    /// <summary>Reads a range in CIDR form, bits of the host kept; null, and Go's words, when it is none.</summary>
    public static string? ReadRange(string text, out string error)
    {
        error = $"invalid CIDR address: {text}";
        if (text.Length == 0)
        {
            return "";
        }

        if (text.Split('/', 2) is not [var first, var last] || !TryParse(first, out var address)
            || last.Length > 4 || !int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var prefix))
        {
            return null;
        }

        var isWide = address.AddressFamily == AddressFamily.InterNetworkV6;
        if (prefix > (isWide ? 128 : 32))
        {
            return null;
        }

        prefix = isWide && address.IsIPv4MappedToIPv6 ? Math.Max(0, prefix - 96) : prefix;
        return string.Create(CultureInfo.InvariantCulture, $"{Format(address)}/{prefix}");
    }

    private static bool IsDotted(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(part =>
            part.Length is >= 1 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0'));
    }

    // The first of the longest runs, as RFC 5952 has it.
    private static (int Start, int Length) LongestZeros(int[] groups)
    {
        var best = (Start: 0, Length: 0);
        for (var i = 0; i < groups.Length; i++)
        {
            var length = groups[i..].TakeWhile(group => group == 0).Count();
            best = length > best.Length ? (i, length) : best;
        }

        return best;
    }

    private static string Join(ReadOnlySpan<int> groups)
    {
        var texts = new string[groups.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            texts[i] = groups[i].ToString("x", CultureInfo.InvariantCulture);
        }

        return string.Join(':', texts);
    }
}

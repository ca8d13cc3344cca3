using System.Buffers;
using SimpleBase;

namespace Provision.Reservations.Signing;

/// <summary>Base58 with Bitcoin's alphabet and no checksum: each leading zero byte is a leading <c>1</c> (spec 01 §2.1).</summary>
internal static class BitcoinText
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");

    /// <summary>The text of these bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Base58.Bitcoin.Encode(bytes);

    /// <summary>The bytes of a text; null when a character is none of the alphabet. Takes time with the square of the length.</summary>
    public static byte[]? Decode(string text) => IsText(text) ? Base58.Bitcoin.Decode(text) : null;

    /// <summary>True when every character is one of the alphabet: the decoder looks them up in a table that it does not guard.</summary>
    public static bool IsText(string text) => !text.AsSpan().ContainsAnyExcept(Alphabet);
}

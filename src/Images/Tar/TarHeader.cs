using System.Buffers.Binary;

namespace Provision.Images.Tar;

/// <summary>One block of 512 bytes that begins an entry (POSIX.1-2017, pax, ustar interchange format).</summary>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    public const int BlockSize = 512;

    public static readonly Range Name = 0..100;
    public static readonly Range Mode = 100..108;
    public static readonly Range Uid = 108..116;
    public static readonly Range Gid = 116..124;
    public static readonly Range Size = 124..136;
    public static readonly Range Modified = 136..148;
    public static readonly Range Checksum = 148..156;
    public const int Kind = 156;
    public static readonly Range Link = 157..257;
    public static readonly Range Magic = 257..265;
    public static readonly Range Prefix = 345..500;

    private readonly ReadOnlySpan<byte> block = block;

    /// <summary>True for a block of zeros, two of which end an archive.</summary>
    public bool IsEnd => !block.ContainsAnyExcept((byte)0);

    /// <summary>The kind of entry.</summary>
    public byte EntryKind => block[Kind];

    // GNU keeps other things in the place of the prefix; its magic is "ustar  ".
    public bool HasPrefix => block[Magic].StartsWith("ustar\0"u8);

    /// <summary>True when the checksum is right: the sum of unsigned bytes, or of signed ones as old programs made it.</summary>
    public bool IsWhole()
    {
        var (unsigned, signed) = (0L, 0L);
        for (var i = 0; i < BlockSize; i++)
        {
            var value = i >= Checksum.Start.Value && i < Checksum.End.Value ? (byte)' ' : block[i];
            unsigned += value;
            signed += (sbyte)value;
        }

        return TryNumber(Checksum, out var stated) && (stated == unsigned || stated == signed);
    }

    /// <summary>The bytes of a text: up to the first zero.</summary>
    public ReadOnlySpan<byte> Text(Range field)
    {
        var bytes = block[field];
        var end = bytes.IndexOf((byte)0);
        return end < 0 ? bytes : bytes[..end];
    }

    /// <summary>A number: octal digits, or, marked by its first bit, binary with the most significant byte first (GNU).</summary>
    public bool TryNumber(Range field, out long value)
    {
        var bytes = block[field];
        return (bytes[0] & 0x80) != 0 ? TryBinary(bytes, out value) : TryOctal(bytes, out value);
    }

    private static bool TryBinary(ReadOnlySpan<byte> bytes, out long value)
    {
        // Two's complement; the first bit marks the form and the next one is the sign. What is above eight bytes must repeat it.
        var negative = (bytes[0] & 0x40) != 0;
        Span<byte> wide = stackalloc byte[16];
        wide.Fill(negative ? (byte)0xff : (byte)0);
        bytes.CopyTo(wide[^bytes.Length..]);
        wide[^bytes.Length] = (byte)(negative ? bytes[0] | 0x80 : bytes[0] & 0x7f);
        var number = BinaryPrimitives.ReadInt128BigEndian(wide);
        value = (long)number;
        return number == value;
    }

    private static bool TryOctal(ReadOnlySpan<byte> bytes, out long value)
    {
        value = 0;
        foreach (var digit in bytes.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }
}

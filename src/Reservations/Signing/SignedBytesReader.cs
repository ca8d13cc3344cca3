using System.Buffers.Binary;
using System.Text;

namespace Provision.Reservations.Signing;

/// <summary>Reads what <see cref="SignedBytes"/> wrote, for the documents that come back as bytes. Nothing is read leniently.</summary>
internal ref struct SignedBytesReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> left = bytes;

    /// <summary>True when everything was read.</summary>
    public readonly bool AtEnd => left.IsEmpty;

    /// <summary>The next field as text; null when there is no whole field left, or when it is not UTF-8.</summary>
    public string? Text()
    {
        if (left.Length < sizeof(uint)
            || BinaryPrimitives.ReadUInt32BigEndian(left) is var length && length > (uint)left.Length - sizeof(uint))
        {
            return null;
        }

        var field = left.Slice(sizeof(uint), (int)length);
        left = left[(sizeof(uint) + (int)length)..];
        try
        {
            return Strict.GetString(field);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

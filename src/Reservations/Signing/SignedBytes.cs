using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Provision.Reservations.Signing;

/// <summary>
/// The bytes that a signature covers: a domain, then the fields in their order, each with its length before it (32 bits, big
/// endian). No two documents of different sort or content share these bytes, and no field can lend bytes to its neighbour.
/// </summary>
public sealed class SignedBytes
{
    private readonly ArrayBufferWriter<byte> buffer = new();

    /// <summary>Starts a document of this domain, for instance <c>provision/reservation/2</c>.</summary>
    public SignedBytes(string domain) => Add(domain);

    /// <summary>Adds a text as UTF-8.</summary>
    public SignedBytes Add(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)bytes.Length);
        buffer.Write(length);
        buffer.Write(bytes);
        return this;
    }

    /// <summary>Adds a number as 8 bytes, big endian, two's complement.</summary>
    public SignedBytes Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint) + sizeof(long)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(bytes[sizeof(uint)..], number);
        buffer.Write(bytes);
        return this;
    }

    /// <summary>Adds a moment as Unix nanoseconds.</summary>
    public SignedBytes Add(DateTimeOffset moment) => Add(Nanoseconds.Of(moment));

    /// <summary>Adds a span as nanoseconds.</summary>
    public SignedBytes Add(TimeSpan span) => Add(Nanoseconds.Of(span));

    /// <summary>Everything added so far.</summary>
    public byte[] ToArray() => buffer.WrittenSpan.ToArray();
}

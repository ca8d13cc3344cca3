using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Provision.Images.Files;
using Provision.Reservations.Faults;

namespace Provision.Images.Tar;

/// <summary>
/// Writes a tar whose bytes depend on nothing but what it is told: ustar, and pax for names that do not fit it. The writer of .NET puts the
/// number of its process into the names of extended headers.
/// </summary>
internal sealed class TarWriter(Stream stream)
{
    private const long OctalMax = (1L << 33) - 1;

    /// <summary>An entry, with <see cref="TarEntry.Size"/> bytes of content if it is a file.</summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: the content is longer or shorter now.</exception>
    public void Write(TarEntry entry, Stream? content = null)
    {
        var records = Records(entry);
        if (records.Length > 0)
        {
            stream.Write(Header(entry with { Name = "pax", Kind = TarKind.Pax, Size = records.Length, Link = "" }));
            stream.Write(records);
            Pad(records.Length);
        }

        stream.Write(Header(entry));
        if (content is not null)
        {
            Copy(entry, content);
            Pad(entry.Size);
        }
    }

    /// <summary>The two blocks of zeros that end an archive.</summary>
    public void Finish() => stream.Write(new byte[2 * TarHeader.BlockSize]);

    /// <summary>Fills up to a whole block what had <paramref name="size"/> bytes.</summary>
    public void Pad(long size) => stream.Write(new byte[(int)(-size & (TarHeader.BlockSize - 1))]);

    /// <summary>The block that begins an entry; what does not fit is left out of it.</summary>
    public static byte[] Header(TarEntry entry)
    {
        var block = new byte[TarHeader.BlockSize];
        Text(block, TarHeader.Name, entry.Name);
        Octal(block, TarHeader.Mode, entry.Mode);
        Octal(block, TarHeader.Uid, entry.Uid);
        Octal(block, TarHeader.Gid, entry.Gid);
        Size(block, entry.Size);
        Octal(block, TarHeader.Modified, Math.Clamp(entry.Modified, 0, OctalMax));
        block[TarHeader.Kind] = entry.Kind;
        Text(block, TarHeader.Link, entry.Link);
        "ustar\000"u8.CopyTo(block.AsSpan(TarHeader.Magic));
        block.AsSpan(TarHeader.Checksum).Fill((byte)' ');
        Octal(block, TarHeader.Checksum, block.Sum(value => value));
        return block;
    }

    private static byte[] Records(TarEntry entry)
    {
        var records = new List<byte>();
        Add("path", entry.Name, Encoding.UTF8.GetByteCount(entry.Name) > Length(TarHeader.Name));
        Add("linkpath", entry.Link, Encoding.UTF8.GetByteCount(entry.Link) > Length(TarHeader.Link));
        return [.. records];

        void Add(string key, string value, bool needed)
        {
            if (needed)
            {
                records.AddRange(Record(key, value));
            }
        }
    }

    // The length counts its own digits.
    private static byte[] Record(string key, string value)
    {
        var rest = Encoding.UTF8.GetBytes($" {key}={value}\n");
        var length = rest.Length + 1;
        while (Digits(length) + rest.Length != length)
        {
            length = Digits(length) + rest.Length;
        }

        return [.. Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)), .. rest];
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static int Length(Range field) => field.End.Value - field.Start.Value;

    private static void Text(Span<byte> block, Range field, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, Length(field))).CopyTo(block[field]);
    }

    private static void Size(Span<byte> block, long size)
    {
        if (size <= OctalMax)
        {
            Octal(block, TarHeader.Size, size);
            return;
        }

        // The form of GNU, which every reader knows: it needs no header of its own, for which a place would have to be kept.
        block[TarHeader.Size.Start] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(block[TarHeader.Size][^sizeof(long)..], size);
    }

    private static void Octal(Span<byte> block, Range field, long value)
    {
        var text = Convert.ToString(value, 8).PadLeft(Length(field) - 1, '0');
        Encoding.ASCII.GetBytes(text).CopyTo(block[field]);
        block[field][^1] = 0;
    }

    private void Copy(TarEntry entry, Stream content)
    {
        var buffer = new byte[1 << 16];
        var left = entry.Size;
        for (int read; (read = content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0; left -= read)
        {
            if (read > left)
            {
                throw Changed(entry);
            }

            stream.Write(buffer, 0, read);
        }

        if (left > 0)
        {
            throw Changed(entry);
        }
    }

    private static FaultException Changed(TarEntry entry) =>
        new(FaultCode.Unavailable, $"{Printable.Of(entry.Name)} changed while it was read", "Try again when nobody writes there.");
}

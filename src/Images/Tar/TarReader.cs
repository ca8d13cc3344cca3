using System.Text;
using Provision.Images.Files;
using Provision.Reservations.Faults;

namespace Provision.Images.Tar;

/// <summary>
/// Reads a tar that a stranger wrote, entry by entry: ustar, pax, and the long names of GNU. The reader of .NET takes an extended header
/// of any size into memory, which a few kilobytes of compressed zeros can turn into gigabytes; this one has a bound for everything.
/// </summary>
/// <param name="stream">The tar; what can be sought in it is skipped without reading.</param>
/// <param name="place">What it is part of, for faults: <c>Layer 2</c>.</param>
internal sealed class TarReader(Stream stream, string place)
{
    /// <summary>The longest extended header: names have 4096 bytes, but attributes that we pass over can be long.</summary>
    public const int ExtensionSizeMax = 1 << 20;

    // Far from where sums of sizes overflow, and larger than any disk.
    private const long SizeMax = 1L << 60;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Stream stream = stream;
    private readonly byte[] block = new byte[TarHeader.BlockSize];
    private readonly byte[] scratch = new byte[1 << 16];
    private long remaining;
    private int padding;
    private PaxRecords? pax;
    private byte[]? longName;
    private byte[]? longLink;
    private string current = "its beginning";

    /// <summary>Where in the stream the next byte is.</summary>
    public long Position { get; private set; }

    /// <summary>The content of the entry that was read last.</summary>
    public Stream Content => new EntryContent(this);

    /// <summary>The next entry; null at the end. What was not read of the one before is passed over.</summary>
    /// <exception cref="FaultException"><c>Invalid</c>: it is no tar, or breaks off.</exception>
    public TarEntry? Next()
    {
        (pax, longName, longLink) = (null, null, null);
        while (true)
        {
            Skip(remaining + padding);
            (remaining, padding) = (0, 0);
            if (!ReadBlock() || AtEnd())
            {
                return null;
            }

            var header = new TarHeader(block);
            if (!header.IsWhole())
            {
                throw Invalid($"is no tar after {current}: the checksum of a header is wrong");
            }

            var size = Number(header, TarHeader.Size, "size");
            switch (header.EntryKind)
            {
                case TarKind.Pax:
                    pax = PaxRecords.Read(Extension(size)) ?? throw Invalid($"has an extended header after {current} that is none");
                    break;
                case TarKind.PaxGlobal:
                    Extension(size);
                    break;
                case TarKind.GnuLongName:
                    longName = Extension(size);
                    break;
                case TarKind.GnuLongLink:
                    longLink = Extension(size);
                    break;
                default:
                    return Entry(header, size);
            }
        }
    }

    private TarEntry Entry(TarHeader header, long size)
    {
        var name = Text(pax?["path"] ?? longName ?? NameOf(header), "name");
        var link = Text(pax?["linkpath"] ?? longLink ?? header.Text(TarHeader.Link), "link");
        current = Printable.Of(name);
        var (uid, gid) = (Number(header, TarHeader.Uid, "owner"), Number(header, TarHeader.Gid, "group"));
        var (mode, modified) = (Number(header, TarHeader.Mode, "mode"), Number(header, TarHeader.Modified, "time"));
        if (pax is not null && !(pax.TryNumber("size", ref size) && pax.TryNumber("uid", ref uid) && pax.TryNumber("gid", ref gid)
            && pax.TryNumber("mtime", ref modified)))
        {
            throw Invalid($"has an extended header for {current} with a number that is none");
        }

        if (header.EntryKind == TarKind.GnuSparse || pax is { IsSparse: true })
        {
            throw new FaultException(
                FaultCode.Invalid, $"{place}: {current} is a sparse file", "Make the archive without a form of its own for holes.");
        }

        size = TarKind.HasNoContent(header.EntryKind) ? 0 : size;
        if (size is < 0 or > SizeMax)
        {
            throw Invalid($"has an entry {current} of {size} bytes");
        }

        (remaining, padding) = (size, PaddingOf(size));
        return new TarEntry(name, header.EntryKind, size, link, mode, uid, gid, modified);
    }

    private static byte[] NameOf(TarHeader header)
    {
        var name = header.Text(TarHeader.Name);
        var prefix = header.HasPrefix ? header.Text(TarHeader.Prefix) : [];
        return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    private string Text(ReadOnlySpan<byte> bytes, string what)
    {
        // The long names of GNU end with a zero; a zero anywhere else is the reader's to refuse.
        try
        {
            return StrictUtf8.GetString(bytes is [.., 0] ? bytes[..^1] : bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Invalid,
                    $"{place} has a {what} after {current} that is not UTF-8: {Printable.Of(Encoding.UTF8.GetString(bytes))}",
                    "Give the file a name in UTF-8."),
                e);
        }
    }

    private long Number(TarHeader header, Range field, string what) =>
        header.TryNumber(field, out var value) ? value : throw Invalid($"has a header after {current} whose {what} is no number");

    private byte[] Extension(long size)
    {
        if (size is < 0 or > ExtensionSizeMax)
        {
            throw Invalid($"has an extended header of {size} bytes after {current}; at most {ExtensionSizeMax} are read");
        }

        var bytes = new byte[size];
        if (ReadFully(bytes) != size)
        {
            throw BreaksOff();
        }

        padding = PaddingOf(size);
        return bytes;
    }

    private static int PaddingOf(long size) => (int)(-size & (TarHeader.BlockSize - 1));

    // An archive ends with two blocks of zeros; some writers leave one, or none.
    private bool AtEnd()
    {
        if (!new TarHeader(block).IsEnd)
        {
            return false;
        }

        return !ReadBlock() || new TarHeader(block).IsEnd
            ? true
            : throw Invalid($"is no tar: it goes on behind the end after {current}");
    }

    private bool ReadBlock() => ReadFully(block) switch
    {
        0 => false,
        TarHeader.BlockSize => true,
        _ => throw BreaksOff(),
    };

    private int ReadFully(Span<byte> buffer)
    {
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        Position += read;
        return read;
    }

    private void Skip(long size)
    {
        if (stream.CanSeek)
        {
            if (size > stream.Length - stream.Position)
            {
                throw BreaksOff();
            }

            stream.Seek(size, SeekOrigin.Current);
            Position += size;
            return;
        }

        while (size > 0)
        {
            var read = ReadFully(scratch.AsSpan(0, (int)Math.Min(size, scratch.Length)));
            size -= read > 0 ? read : throw BreaksOff();
        }
    }

    private FaultException BreaksOff() => Invalid($"breaks off after {current}");

    private FaultException Invalid(string what) => new(FaultCode.Invalid, $"{place} {what}", "Make or fetch the image again.");

    private sealed class EntryContent(TarReader reader) : ReadingStream
    {
        public override int Read(Span<byte> buffer)
        {
            if (reader.remaining == 0 || buffer.IsEmpty)
            {
                return 0;
            }

            var read = reader.stream.Read(buffer[..(int)Math.Min(buffer.Length, reader.remaining)]);
            reader.remaining -= read;
            reader.Position += read;
            return read > 0 ? read : throw reader.BreaksOff();
        }
    }
}

using System.IO.Compression;
using Provision.Images.Files;
using Provision.Reservations.Faults;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Provision.Images.Layers;

/// <summary>The content of a layer, uncompressed. Its first bytes say what it is compressed with.</summary>
internal sealed class LayerContent : ReadingStream
{
    // 128 MiB, the most that other programs accept without being told to.
    private const int ZstdWindowLogMax = 27;

    private readonly Stream inner;
    private readonly string place;

    /// <summary>Opens it; the file is closed with it.</summary>
    public LayerContent(Stream file, string place)
    {
        this.place = place;
        Span<byte> first = stackalloc byte[4];
        first = first[..file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false)];
        file.Position = 0;
        if (first.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
        {
            inner = new GZipStream(file, CompressionMode.Decompress);
        }
        else if (first.SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
        {
            var zstd = new DecompressionStream(file, leaveOpen: false);
            zstd.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, ZstdWindowLogMax);
            inner = zstd;
        }
        else
        {
            inner = file;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="FaultException"><c>Invalid</c>: it cannot be uncompressed.</exception>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return inner.Read(buffer);
        }
        catch (Exception e) when (e is InvalidDataException or ZstdException or EndOfStreamException)
        {
            throw new FaultException(
                new Fault(FaultCode.Invalid, $"{place} cannot be uncompressed: {e.Message}", "Make or fetch the image again."), e);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

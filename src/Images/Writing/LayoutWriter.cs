using System.IO.Compression;
using System.Security.Cryptography;
using Provision.Images.Archives;
using Provision.Images.Files;
using Provision.Images.Layers;
using Provision.Images.Tar;
using Provision.Machine.Images;
using Provision.Reservations;

namespace Provision.Images.Writing;

/// <summary>
/// Writes one image as an OCI layout in a tar. The layer comes first and goes straight into the file; when its digest and size are
/// known, its header is put in front of it, so nothing is held in memory and nothing is written twice.
/// </summary>
internal sealed class LayoutWriter(FileStream file, ImageConfig config, ImageWriteOptions options, CancellationToken ct)
{
    private const int BufferSize = 1 << 16;

    private readonly DateTimeOffset created = DateTimeOffset.FromUnixTimeSeconds(options.Created.ToUnixTimeSeconds());
    private readonly EntryRules rules = new("The image");

    /// <summary>Writes the whole; the digest is that of the manifest.</summary>
    public Digest Write(IEnumerable<ImageEntry> entries)
    {
        file.Position = TarHeader.BlockSize;
        var (blob, content) = WriteLayer(entries);
        var size = file.Position - TarHeader.BlockSize;
        var tar = new TarWriter(file);
        tar.Pad(size);

        var image = LayoutDocuments.Config(Documents.Checked(config), created, content);
        var manifest = LayoutDocuments.Manifest(image, blob, size);
        WriteFile(tar, OciLayout.PathOf(Digest.Of(image)), image);
        WriteFile(tar, OciLayout.PathOf(Digest.Of(manifest)), manifest);
        WriteFile(tar, OciLayout.IndexPath, LayoutDocuments.Index(manifest));
        WriteFile(tar, OciLayout.MarkPath, LayoutDocuments.Mark());
        tar.Finish();

        file.Position = 0;
        file.Write(TarWriter.Header(Header(OciLayout.PathOf(blob), size)));
        return Digest.Of(manifest);
    }

    private (Digest Blob, Digest Content) WriteLayer(IEnumerable<ImageEntry> entries)
    {
        using var blobHash = SHA256.Create();
        using var contentHash = SHA256.Create();
        using (var blob = new CryptoStream(file, blobHash, CryptoStreamMode.Write, leaveOpen: true))
        using (var zipped = new GZipStream(blob, CompressionLevel.Optimal))
        // How input is cut into pieces can show in what a compressor makes of it; this cuts always alike.
        using (var buffered = new BufferedStream(zipped, BufferSize))
        using (var content = new CryptoStream(buffered, contentHash, CryptoStreamMode.Write))
        {
            WriteEntries(new TarWriter(content), entries);
        }

        return (Digests.Of(blobHash.Hash), Digests.Of(contentHash.Hash));
    }

    private void WriteEntries(TarWriter tar, IEnumerable<ImageEntry> entries)
    {
        var done = 0L;
        foreach (var entry in entries)
        {
            ct.ThrowIfCancellationRequested();
            var header = entry.Header with { Modified = created.ToUnixTimeSeconds() };
            Check(header);
            using var opened = entry.Open?.Invoke();
            using var content = opened is null ? null : new WatchedStream(opened, read => options.Progress?.Invoke(done += read), ct);
            tar.Write(header, content);
        }

        tar.Finish();
    }

    // What the reader would refuse is not written; a name that begins with the mark of a whiteout would vanish.
    private void Check(TarEntry entry)
    {
        var read = rules.Read(entry);
        if (read.Kind is LayerEntryKind.Whiteout or LayerEntryKind.OpaqueWhiteout or LayerEntryKind.Nothing)
        {
            throw rules.Refused(entry.Name, "has a name by which layers take files away");
        }
    }

    private void WriteFile(TarWriter tar, string path, byte[] bytes) => tar.Write(Header(path, bytes.Length), new MemoryStream(bytes));

    private TarEntry Header(string path, long size) =>
        new(path, TarKind.File, size, "", 0x1a4, 0, 0, created.ToUnixTimeSeconds());
}

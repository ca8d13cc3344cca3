using Provision.Images.Files;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Images.Archives;

/// <summary>An OCI image layout (OCI image-spec, image-layout.md): an index, and blobs under the names of their digests.</summary>
internal sealed class OciLayout(IFolder folder) : IImageFormat
{
    public const string IndexPath = "index.json";
    public const string MarkPath = "oci-layout";
    private const int IndexDepthMax = 4;

    /// <summary>Where a blob is.</summary>
    public static string PathOf(Digest blob) => $"blobs/{Digests.Algorithm}/{blob}";

    /// <inheritdoc/>
    public IReadOnlyList<Digest> List()
    {
        var bytes = Documents.Bytes(folder, IndexPath) ?? throw Documents.Invalid($"The image layout has no {IndexPath}");
        var index = Documents.Parse(bytes, IndexPath, ImageDocuments.Default.OciDocument);
        return
        [
            .. (index.Manifests ?? []).OfType<OciDescriptor>()
                .Where(entry => entry.MediaType is null || MediaTypes.Images.Contains(entry.MediaType))
                .Select(entry => Documents.DigestOf(entry.Digest))
                .Distinct(),
        ];
    }

    /// <inheritdoc/>
    public StoredImage Read(Digest image)
    {
        if (ReadDocument(image) is not { } document)
        {
            throw Documents.NotFound(image, List());
        }

        for (var depth = 0; document.Manifests is not null; depth++)
        {
            if (depth == IndexDepthMax)
            {
                throw Documents.Invalid($"The image {image} is an index of indexes, more than {IndexDepthMax} deep");
            }

            var chosen = Choose(document, image);
            document = ReadDocument(chosen) ?? throw Lacks(chosen);
        }

        return ReadManifest(document, image);
    }

    private static Digest Choose(OciDocument index, Digest image)
    {
        if (index is { Layers: not null } or { Config: not null })
        {
            throw Documents.Invalid($"The image {image} is a manifest and an index at once");
        }

        var chosen = index.Manifests!.OfType<OciDescriptor>().FirstOrDefault(entry => Platform.Runs(entry.Platform));
        var others = index.Manifests!
            .Select(entry => Printable.Of($"{entry?.Platform?.Os}/{entry?.Platform?.Architecture}"))
            .Distinct()
            .Take(10);
        return chosen is not null
            ? Documents.DigestOf(chosen.Digest)
            : throw new FaultException(
                FaultCode.Invalid, $"The image {image} has nothing for {Platform.Name}", $"It is for {string.Join(", ", others)}.");
    }

    private StoredImage ReadManifest(OciDocument manifest, Digest image)
    {
        if (manifest is not { Config: { } config, Layers: { } layers })
        {
            throw Documents.Invalid($"What bears the name {image} is no manifest of an image");
        }

        if (config.MediaType is null || !MediaTypes.Configs.Contains(config.MediaType))
        {
            throw Documents.Invalid($"What bears the name {image} is no image but {Printable.Of(config.MediaType ?? "of no type")}");
        }

        var digest = Documents.DigestOf(config.Digest);
        var bytes = ReadBlob(digest) ?? throw Lacks(digest);
        return Documents.Image(
            Documents.Parse(bytes, PathOf(digest), ImageDocuments.Default.OciImage),
            [.. layers.Select(Layer)]);
    }

    private static (string Path, Digest? Blob) Layer(OciDescriptor? layer, int index)
    {
        if (layer?.MediaType is null || !MediaTypes.Layers.Contains(layer.MediaType))
        {
            var type = Printable.Of(layer?.MediaType ?? "of no type");
            throw Documents.Invalid($"Layer {index + 1} is {type}, which is no tar that we can read");
        }

        var digest = Documents.DigestOf(layer.Digest);
        return (PathOf(digest), digest);
    }

    private OciDocument? ReadDocument(Digest digest)
    {
        if (ReadBlob(digest) is not { } bytes)
        {
            return null;
        }

        var document = Documents.Parse(bytes, PathOf(digest), ImageDocuments.Default.OciDocument);
        return document.MediaType is null || MediaTypes.Images.Contains(document.MediaType)
            ? document
            : throw Documents.Invalid($"What bears the name {digest} is no image but {Printable.Of(document.MediaType)}");
    }

    private byte[]? ReadBlob(Digest digest)
    {
        var bytes = Documents.Bytes(folder, PathOf(digest));
        return bytes is null || Digest.Of(bytes) == digest
            ? bytes
            : throw Documents.Invalid($"The blob {digest} is not what its name says: it hashes to {Digest.Of(bytes)}");
    }

    private static FaultException Lacks(Digest blob) => Documents.Invalid($"The image lacks its blob {blob}");
}

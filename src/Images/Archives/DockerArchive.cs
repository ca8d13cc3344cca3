using Provision.Images.Files;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Images.Archives;

/// <summary>What <c>docker save</c> and <c>podman save</c> write: a manifest.json that names a config and layers for each image.</summary>
internal sealed class DockerArchive(IFolder folder) : IImageFormat
{
    public const string ManifestPath = "manifest.json";
    private const int ImagesMax = 1000;

    private Dictionary<Digest, DockerImage>? images;

    /// <inheritdoc/>
    public IReadOnlyList<Digest> List() => [.. Images().Keys];

    /// <inheritdoc/>
    public StoredImage Read(Digest image)
    {
        if (!Images().TryGetValue(image, out var found))
        {
            throw Documents.NotFound(image, List());
        }

        var bytes = ConfigOf(found);
        if (Digest.Of(bytes) != image)
        {
            throw new FaultException(FaultCode.Unavailable, $"The image {image} changed while it was read", "Try again.");
        }

        var config = Documents.Parse(bytes, found.Config!, ImageDocuments.Default.OciImage);
        return Documents.Image(config, [.. (found.Layers ?? []).Select(PathOf)]);

        static (string Path, Digest? Blob) PathOf(string? path, int index) =>
            (path ?? throw Documents.Invalid($"Layer {index + 1} has no name in {ManifestPath}"), null);
    }

    // The name of a config is its digest, but names are only words: each is hashed.
    private Dictionary<Digest, DockerImage> Images()
    {
        if (images is not null)
        {
            return images;
        }

        var bytes = Documents.Bytes(folder, ManifestPath) ?? throw Documents.Invalid($"The archive has no {ManifestPath}");
        var entries = Documents.Parse(bytes, ManifestPath, ImageDocuments.Default.IReadOnlyListDockerImage);
        if (entries.Count > ImagesMax)
        {
            throw Documents.Invalid($"The archive has {entries.Count} images; at most {ImagesMax} are read");
        }

        var read = new Dictionary<Digest, DockerImage>();
        foreach (var entry in entries)
        {
            var image = entry ?? throw Documents.Invalid($"{ManifestPath} names an image null");
            read.TryAdd(Digest.Of(ConfigOf(image)), image);
        }

        return images = read;
    }

    private byte[] ConfigOf(DockerImage image)
    {
        var path = image.Config ?? throw Documents.Invalid($"An image of {ManifestPath} has no Config");
        return Documents.Bytes(folder, path) ?? throw Documents.Invalid($"The archive lacks {Printable.Of(path)}");
    }
}

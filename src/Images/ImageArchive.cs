using Provision.Machine.Images;
using Provision.Reservations;

namespace Provision.Images;

/// <summary>
/// A place that holds images: an OCI layout (a folder or a tar of one) or a docker-archive. Opening it reads no more than its table of
/// contents; what it says is believed only after it was hashed.
/// </summary>
public sealed class ImageArchive : IDisposable
{
    private ImageArchive()
    {
    }

    /// <summary>Opens a file or folder. <c>NotFound</c>, <c>Invalid</c> (it holds no images), <c>Unavailable</c>.</summary>
    public static ImageArchive Open(string path) => throw new NotImplementedException(path);

    /// <summary>The digests of the images in it.</summary>
    public IReadOnlyList<Digest> List() => throw new NotImplementedException();

    /// <summary>
    /// The image of this digest: of an OCI manifest (an index is resolved to this processor's), or of the config of a docker-archive.
    /// <c>NotFound</c>: none of it here; <c>Invalid</c>: what bears the name is something else.
    /// </summary>
    public ImageConfig ReadConfig(Digest image) => throw new NotImplementedException();

    /// <summary>
    /// Puts the files of the image into a tree, layer upon layer, each checked against its digest. What is half done when it throws is
    /// the caller's to throw away. <c>Invalid</c>: wrong digests, names that leave the tree, devices, too much of anything.
    /// </summary>
    public void Unpack(Digest image, IFileTree tree, UnpackLimits limits, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
    }
}

using Provision.Images.Archives;
using Provision.Images.Files;
using Provision.Images.Layers;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Images;

/// <summary>
/// A place that holds images: an OCI layout (a folder or a tar of one) or a docker-archive. Opening it reads no more than its table of
/// contents; what it says is believed only after it was hashed. A stranger may have written it: sizes, counts and depths are bounded,
/// and links in it lead nowhere.
/// </summary>
public sealed class ImageArchive : IDisposable
{
    private readonly IFolder folder;
    private readonly IImageFormat format;

    private ImageArchive(IFolder folder, IImageFormat format) => (this.folder, this.format) = (folder, format);

    /// <summary>
    /// Opens a file or folder. <c>NotFound</c>; <c>Invalid</c>: it holds no images; <c>Denied</c>: this process may not read it;
    /// <c>Unavailable</c>: the disk fails.
    /// </summary>
    public static ImageArchive Open(string path)
    {
        IFolder folder = DiskFolder.StatusOf(path).IsFolder ? new LayoutFolder(DiskFolder.Open(path)) : OpenTar(path);
        try
        {
            return new ImageArchive(folder, FormatOf(folder, path));
        }
        catch (FaultException)
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The digests of the images in it, as its table of contents has them.</summary>
    public IReadOnlyList<Digest> List() => format.List();

    /// <summary>
    /// The image of this digest: of an OCI manifest (an index is resolved to this processor's), or of the config of a docker-archive.
    /// <c>NotFound</c>: none of it here; <c>Invalid</c>: what bears the name is something else.
    /// </summary>
    public ImageConfig ReadConfig(Digest image) => format.Read(image).Config;

    /// <summary>
    /// Puts the files of the image into a tree, layer upon layer, each checked against its digest before any of its files is added. What
    /// is half done when it throws is the caller's to throw away. <c>NotFound</c>: no such image; <c>Invalid</c>: wrong digests, names
    /// that leave the tree, devices, too much of anything, another processor's; a fault says which layer and which entry. What the
    /// tree throws comes through, as the cause of a fault of the same code.
    /// </summary>
    public void Unpack(Digest image, IFileTree tree, UnpackLimits limits, CancellationToken ct)
    {
        var stored = format.Read(image);
        if (stored.Platform is { } platform && platform != Platform.Name)
        {
            throw new FaultException(
                FaultCode.Invalid,
                $"The image {image} is for {Printable.Of(platform)}, not for {Platform.Name}",
                "Make it for this processor.");
        }

        new Unpacking(folder, tree, limits, ct).Run(stored);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => folder.Dispose();

    private static TarFolder OpenTar(string path)
    {
        var file = DiskFolder.OpenFile(path);
        try
        {
            return new TarFolder(file);
        }
        catch (FaultException e)
        {
            file.Dispose();
            var what = $"{Printable.Of(path)} cannot be read as an archive of images";
            throw new FaultException(new Fault(e.Fault.Code, what, "Give an OCI layout or a docker-archive.", e.Fault), e);
        }
    }

    private static IImageFormat FormatOf(IFolder folder, string path)
    {
        if (Has(OciLayout.IndexPath))
        {
            return new OciLayout(folder);
        }

        return Has(DockerArchive.ManifestPath)
            ? new DockerArchive(folder)
            : throw new FaultException(
                FaultCode.Invalid,
                $"{Printable.Of(path)} holds no images",
                "Give an OCI layout, or an archive of docker save or podman save.");

        bool Has(string name)
        {
            using var file = folder.Open(name);
            return file is not null;
        }
    }
}

using Provision.Images;
using Provision.Machine.Images;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Images.Sources;

/// <summary>
/// <c>local:NAME@sha256:DIGEST</c>: what the farmer has put into a folder of this machine, a folder NAME or a file NAME or NAME.tar.
/// </summary>
/// <param name="folder">The folder; null when this machine has none.</param>
internal sealed class LocalImages(string? folder) : IImageSource
{
    /// <inheritdoc/>
    public string Scheme => ImageReference.Local;

    /// <inheritdoc/>
    public ValueTask<ImageArchive> OpenAsync(ImageReference reference, CancellationToken ct)
    {
        var name = reference.Location;
        if (!ImageReference.IsLocalName(name))
        {
            throw new FaultException(
                FaultCode.Invalid,
                $"\"{name}\" is no name of a local image",
                "Give letters, digits, dots, dashes and underscores, and begin with no dot.");
        }

        if (folder is null)
        {
            throw new FaultException(FaultCode.Denied, "This node has no images of its own", "Fetch the image from elsewhere.");
        }

        var path = new[] { name, name + ".tar" }.Select(file => Path.Combine(folder, file)).FirstOrDefault(Path.Exists)
            ?? throw new FaultException(
                FaultCode.NotFound, $"This node has no local image {name}", "Ask its farmer which it has, or fetch it from elsewhere.");
        return ArchiveFile.OpenAsync(path, $"Local image {name}");
    }
}

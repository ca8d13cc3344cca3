using Provision.Images;
using Provision.Machine.Images;

namespace Provision.Machine.Linux.Images.Sources;

/// <summary>Where images of one scheme come from. A new one is one class and one line in <see cref="LinuxImages"/>.</summary>
internal interface IImageSource
{
    /// <summary>The scheme that it serves.</summary>
    string Scheme { get; }

    /// <summary>
    /// Opens the place that the reference names; nothing of what is in it has been checked. Closing it leaves nothing behind. Faults as
    /// those of <see cref="IImages.EnsureAsync"/>.
    /// </summary>
    ValueTask<ImageArchive> OpenAsync(ImageReference reference, CancellationToken ct);
}

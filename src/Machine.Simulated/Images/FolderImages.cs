using Provision.Images;
using Provision.Machine.Images;

namespace Provision.Machine.Simulated.Images;

/// <summary>
/// What the scheme <c>local</c> finds in a folder of archives: a file or folder of the name, or the file with <c>.tar</c> after it. Of an
/// image its config is read and no layer.
/// </summary>
public sealed class FolderImages(string folder)
{
    /// <summary>The image; null when there is none of this name. Else the faults of <see cref="ImageArchive"/>.</summary>
    public SimulatedImage? Find(ImageReference reference)
    {
        LocalImages.CheckName(reference.Location);
        var name = Path.Combine(folder, reference.Location);
        if (new[] { name, $"{name}.tar" }.FirstOrDefault(Path.Exists) is not { } path)
        {
            return null;
        }

        using var archive = ImageArchive.Open(path);
        return new SimulatedImage { Config = archive.ReadConfig(reference.Digest), UnlistedSize = SizeOf(path) };
    }

    private static long SizeOf(string path) => Directory.Exists(path)
        ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
        : new FileInfo(path).Length;
}

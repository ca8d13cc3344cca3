using Provision.Machine.Images;
using Provision.Reservations;

namespace Provision.Cli.Images;

/// <summary>How an image is ordered that lies in the <c>images/</c> folder of a node: by the name of its file, and its digest.</summary>
internal static class LocalReference
{
    private const string Scheme = "local";
    private const string Extension = ".tar";

    /// <summary>The reference; null when the name of the file cannot be in one.</summary>
    public static ImageReference? Of(string path, Digest digest)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        name = name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length] : name;
        return ImageReference.TryParse(new ImageReference(Scheme, name, digest).ToString(), out var reference) && reference.Location == name
            ? reference
            : null;
    }
}

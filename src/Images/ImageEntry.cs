using System.Text;
using Provision.Images.Tar;

namespace Provision.Images;

/// <summary>One file, folder or symbolic link of an image that is made.</summary>
public sealed class ImageEntry
{
    private ImageEntry(TarEntry header, Func<Stream>? open) => (Header, Open) = (header, open);

    /// <summary>What the layer says of it.</summary>
    internal TarEntry Header { get; }

    /// <summary>Opens its content; null when it has none.</summary>
    internal Func<Stream>? Open { get; }

    /// <summary>A folder; those above a file need none of their own.</summary>
    public static ImageEntry Folder(string path, int mode = 0x1ed) => new(New($"{path}/", TarKind.Folder, 0, "", mode), null);

    /// <summary>A file with these bytes.</summary>
    public static ImageEntry File(string path, byte[] content, int mode = 0x1a4) =>
        File(path, content.Length, mode, () => new MemoryStream(content));

    /// <summary>A file with this text in UTF-8.</summary>
    public static ImageEntry File(string path, string content, int mode = 0x1a4) => File(path, Encoding.UTF8.GetBytes(content), mode);

    /// <summary>A symbolic link; what it says is not looked at.</summary>
    public static ImageEntry SymbolicLink(string path, string target) => new(New(path, TarKind.SymbolicLink, 0, target, 0x1ff), null);

    /// <summary>A file that is opened when its turn comes.</summary>
    internal static ImageEntry File(string path, long size, int mode, Func<Stream> open) =>
        new(New(path, TarKind.File, size, "", mode), open);

    private static TarEntry New(string path, byte kind, long size, string link, int mode) => new(path, kind, size, link, mode, 0, 0, 0);
}

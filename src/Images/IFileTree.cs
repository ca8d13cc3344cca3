namespace Provision.Images;

/// <summary>
/// Where the files of an image go. Paths are relative, without empty, <c>.</c> and <c>..</c> parts; the folder itself is the empty path.
/// A link in the middle of a path is followed inside the tree and never leads out of it; the last part is never followed. What is there
/// under a name is replaced, except a folder by a folder, which keeps what it holds. Folders above that are missing are made.
/// </summary>
public interface IFileTree
{
    /// <summary>A folder.</summary>
    void AddFolder(string path, FileAttributes attributes);

    /// <summary>A file with this content.</summary>
    void AddFile(string path, Stream content, long size, FileAttributes attributes);

    /// <summary>A symbolic link; what it says is not looked at.</summary>
    void AddSymbolicLink(string path, string target, FileAttributes attributes);

    /// <summary>Another name for a file of the tree. <c>FaultException</c> (<c>Invalid</c>): there is no such file.</summary>
    void AddHardLink(string path, string target);

    /// <summary>Takes away what is there, with all it holds. Nothing: nothing to do.</summary>
    void Remove(string path);

    /// <summary>The names of what a folder holds; none when there is no such folder.</summary>
    IReadOnlyList<string> List(string folder);
}

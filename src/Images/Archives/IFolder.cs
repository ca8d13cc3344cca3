using Provision.Images.Files;

namespace Provision.Images.Archives;

/// <summary>Files by name, on the disk or in a tar.</summary>
internal interface IFolder : IDisposable
{
    /// <summary>The content of a file, read in place; null when there is no such file.</summary>
    FileSlice? Open(string path);
}

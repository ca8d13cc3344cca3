using Provision.Images.Files;
using Provision.Reservations.Faults;

namespace Provision.Images.Archives;

/// <summary>The files of a folder of the disk. No link in it is followed.</summary>
internal sealed class LayoutFolder(DiskFolder folder) : IFolder
{
    private const int PathSizeMax = 512;

    /// <inheritdoc/>
    public FileSlice? Open(string path)
    {
        if (path.Length > PathSizeMax || path.Split('/') is not [.. var parents, var name] || path.Split('/').Any(IsNoName))
        {
            throw Documents.Invalid($"The image names a file {Printable.Of(path)}, which is no path inside it");
        }

        var open = new Stack<DiskFolder>();
        try
        {
            var at = folder;
            foreach (var parent in parents)
            {
                open.Push(at = at.OpenFolder(parent));
            }

            return at.OpenFileOfName(name);
        }
        catch (FaultException e) when (e.Fault.Code == FaultCode.NotFound)
        {
            return null;
        }
        finally
        {
            while (open.TryPop(out var done))
            {
                done.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();

    private static bool IsNoName(string part) => part is "" or "." or ".." || part.Contains('\0', StringComparison.Ordinal);
}

using Provision.Images.Files;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Images.Archives;

/// <summary>The files of a folder of the disk. No link in it is followed.</summary>
internal sealed class LayoutFolder(DiskFolder folder) : IFolder
{
    /// <inheritdoc/>
    public FileSlice? Open(string path)
    {
        if (path.Split('/') is not [.. var parents, var name] || path.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw new FaultException(FaultCode.Invalid, $"The image names a file {Plain.Of(path)}, which is no relative path");
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
}

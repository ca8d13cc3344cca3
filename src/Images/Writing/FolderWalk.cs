using Provision.Images.Files;
using Provision.Images.Layers;
using Provision.Reservations.Faults;

namespace Provision.Images.Writing;

/// <summary>All that a folder holds, each folder before what is in it, by name, without following a link.</summary>
/// <param name="output">The folder where the image will be, which must not be part of it.</param>
internal sealed class FolderWalk(FileStatus output)
{
    private readonly EntryRules rules = new("The folder");

    /// <summary>Everything below <paramref name="folder"/>; an entry can be opened until the next one is asked for.</summary>
    public IEnumerable<ImageEntry> Entries(DiskFolder folder) => Entries(folder, "", 1);

    private IEnumerable<ImageEntry> Entries(DiskFolder folder, string prefix, int depth)
    {
        var status = folder.Status;
        if ((status.Device, status.Inode) == (output.Device, output.Inode))
        {
            throw new FaultException(FaultCode.Invalid, "The output is inside the folder that it is made of", "Write it somewhere else.");
        }

        if (depth > EntryRules.PartsMax)
        {
            throw rules.Refused(prefix, $"is more than {EntryRules.PartsMax} deep");
        }

        foreach (var name in folder.Names().Order(StringComparer.Ordinal))
        {
            foreach (var entry in Named(folder, name, prefix + name, depth))
            {
                yield return entry;
            }
        }
    }

    private IEnumerable<ImageEntry> Named(DiskFolder folder, string name, string path, int depth)
    {
        if (name.Contains('\ufffd', StringComparison.Ordinal))
        {
            throw rules.Refused(path, "has a name that is not UTF-8");
        }

        var status = folder.StatusOfName(name);
        var mode = status.Mode & EntryRules.ModeMask;
        if (status.IsSymbolicLink)
        {
            yield return ImageEntry.SymbolicLink(path, folder.ReadLink(name));
        }
        else if (status.IsFile)
        {
            yield return ImageEntry.File(path, status.Size, mode, () => folder.OpenFileOfName(name));
        }
        else if (status.IsFolder)
        {
            using var inner = folder.OpenFolder(name);
            yield return ImageEntry.Folder(path, mode);
            foreach (var entry in Entries(inner, $"{path}/", depth + 1))
            {
                yield return entry;
            }
        }
        else
        {
            throw rules.Refused(path, $"is {status.Kind}");
        }
    }
}

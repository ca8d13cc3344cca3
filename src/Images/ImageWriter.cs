using Provision.Images.Files;
using Provision.Images.Writing;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Images;

/// <summary>
/// Makes images: an OCI layout as one tar, with one layer, for this processor. Its bytes depend on nothing but the files, their modes
/// and names, the config, and the version of this program: the same folder is the same digest.
/// </summary>
public static class ImageWriter
{
    /// <summary>
    /// An image of all that a folder holds, owned by root; the folder's own mode is left out. Symbolic links are kept as they are, and
    /// none is followed. A file with several names becomes several files. <c>Invalid</c>: no folder, a device, pipe or socket in it, a
    /// name that no image can have, or the output is inside it; <c>Conflict</c>: the output is there; <c>Denied</c>, <c>Unavailable</c>:
    /// a file cannot be read, or the output not written. What was written is gone then.
    /// </summary>
    public static Digest Write(
        string folder, ImageConfig config, string output, ImageWriteOptions? options = null, CancellationToken ct = default)
    {
        using var top = DiskFolder.Open(folder);
        return Save(beside => new FolderWalk(beside).Entries(top), config, output, options ?? new ImageWriteOptions(), ct);
    }

    /// <summary>The same of entries, in any order. <c>Invalid</c>: two of one name, or a name that no image can have.</summary>
    public static Digest Write(
        IEnumerable<ImageEntry> entries,
        ImageConfig config,
        string output,
        ImageWriteOptions? options = null,
        CancellationToken ct = default)
    {
        var sorted = entries.OrderBy(entry => entry.Header.Name, StringComparer.Ordinal).ToList();
        var twice = sorted.GroupBy(entry => entry.Header.Name.TrimEnd('/')).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? Save(_ => sorted, config, output, options ?? new ImageWriteOptions(), ct)
            : throw new FaultException(FaultCode.Invalid, $"{Printable.Of(twice.Key)} is there twice", "Give each path once.");
    }

    private static Digest Save(
        Func<FileStatus, IEnumerable<ImageEntry>> entries,
        ImageConfig config,
        string output,
        ImageWriteOptions options,
        CancellationToken ct)
    {
        // Nothing but a file is replaced: a rename would put a file in the place of a device too.
        if (Path.Exists(output) && !(options.Overwrite && DiskFolder.StatusOf(output).IsFile))
        {
            throw new FaultException(
                FaultCode.Conflict, $"There is something at {Printable.Of(output)} already", "Choose another name, or have it replaced.");
        }

        var folder = DiskFolder.StatusOf(Path.GetDirectoryName(Path.GetFullPath(output)) ?? "/");
        var beside = $"{Path.GetFullPath(output)}.{Path.GetRandomFileName()}";
        try
        {
            Digest digest;
            using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                digest = new LayoutWriter(file, config, options, ct).Write(entries(folder));
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, output, options.Overwrite);
            return digest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                new Fault(
                    e is UnauthorizedAccessException ? FaultCode.Denied : FaultCode.Unavailable,
                    $"{Printable.Of(output)} cannot be written: {e.Message}",
                    "Choose a place that can be written and has room."),
                e);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}

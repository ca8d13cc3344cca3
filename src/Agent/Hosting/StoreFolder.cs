using Provision.Provisioning.Admission;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Hosting;

/// <summary>The folder in which Zero-OS v0.2.1 kept its reservations, one file each. It is only read.</summary>
internal static class StoreFolder
{
    private const int FilesMax = 20_000;

    /// <summary>Every file in it, by name; what cannot be read says why.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.NotFound"/>: there is no such folder. <see cref="FaultCode.Invalid"/>: it holds more than anybody's node.
    /// </exception>
    public static IReadOnlyList<FolderFile> Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new FaultException(
                FaultCode.NotFound,
                $"There is no folder {folder}",
                "Name the folder 'reservations' of Zero-OS's provisiond, or a copy of it.");
        }

        var paths = Directory.EnumerateFileSystemEntries(folder).Take(FilesMax + 1).Order(StringComparer.Ordinal).ToList();
        return paths.Count <= FilesMax
            ? [.. paths.Select(ReadFile)]
            : throw new FaultException(
                FaultCode.Invalid,
                $"{folder} holds more than {FilesMax} files",
                "Import it in parts: copy some of the files to a folder of their own.");
    }

    private static FolderFile ReadFile(string path)
    {
        var name = Path.GetFileName(path);
        var file = new FileInfo(path);
        if (!file.Exists || file.LinkTarget is not null)
        {
            return Unread(name, FaultCode.Invalid, "is no file", "Move it elsewhere.");
        }

        if (file.Length > StrictJson.SizeMax)
        {
            return Unread(name, FaultCode.Invalid, $"has {file.Length} bytes, more than any reservation", "Move it elsewhere.");
        }

        try
        {
            // What has no length is not opened: a pipe would never end.
            var content = new byte[file.Length];
            using var stream = content.Length == 0 ? Stream.Null : file.OpenRead();
            stream.ReadExactly(content);
            return new FolderFile(name, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unread(name, FaultCode.Unavailable, $"cannot be read: {e.Message}", "Let the daemon read it, and import again.");
        }
    }

    private static FolderFile Unread(string name, FaultCode code, string reason, string remedy) =>
        new(name, default, new Fault(code, $"{name} {reason}", remedy));
}

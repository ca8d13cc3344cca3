using Microsoft.Win32.SafeHandles;
using Provision.Reservations.Files;

namespace Provision.Machine.Linux.Kernel;

/// <summary>Folders that only root may enter, and what survives in them.</summary>
internal static class Folders
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// Makes the folder and those above it; its mode is 0700 afterwards, whatever it was. Returns its path free of links.
    /// </summary>
    public static string Ensure(string path)
    {
        Directory.CreateDirectory(path, OwnerOnly);
        File.SetUnixFileMode(path, OwnerOnly);
        return RealPath(path);
    }

    /// <summary>Returns when the names in the folder would survive a power failure.</summary>
    public static void Flush(string path) => FolderFlush.Flush(path);

    /// <summary>Writes a file of a folder that is there; returns when a power failure would leave it as it was, or as it is now.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes) =>
        WholeFile.Write(path, bytes, UnixFileMode.UserRead | UnixFileMode.UserWrite, overwrite: true);

    /// <summary>The path as the kernel writes it in its tables, without symbolic links.</summary>
    public static string RealPath(string path)
    {
        using var folder = Open(Path.GetFullPath(path) + "/.");
        return File.ResolveLinkTarget($"/proc/self/fd/{folder.DangerousGetHandle()}", returnFinalTarget: false)!.FullName;
    }

    private static SafeFileHandle Open(string path)
    {
        var folder = Libc.OpenFolder(path);
        return folder.IsInvalid ? throw new IOException($"{path}: {Errno.Last}") : folder;
    }
}

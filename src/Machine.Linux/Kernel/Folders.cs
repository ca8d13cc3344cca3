using Microsoft.Win32.SafeHandles;

namespace Provision.Machine.Linux.Kernel;

/// <summary>Folders that only root may enter.</summary>
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
    public static void Flush(string path)
    {
        using var folder = Open(path);
        if (Libc.Sync(folder) != 0)
        {
            throw new IOException($"fsync of {path}: {Errno.Last}");
        }
    }

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

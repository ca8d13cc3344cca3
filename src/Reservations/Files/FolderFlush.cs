using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Provision.Reservations.Files;

/// <summary>Makes the names in a folder survive a power failure, which .NET does not offer: it opens no folder.</summary>
public static partial class FolderFlush
{
    private const string Library = "libc";
    private const int CloseOnExec = 0x80000; // O_CLOEXEC of open(2), for reading

    /// <summary>Returns when they would.</summary>
    /// <exception cref="IOException">The folder cannot be opened, or its disk fails.</exception>
    public static void Flush(string path)
    {
        using var folder = new SafeFileHandle(Open(path, CloseOnExec), ownsHandle: true);
        if (folder.IsInvalid || Sync(folder) != 0)
        {
            throw new IOException($"{path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle folder);
}

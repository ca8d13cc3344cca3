using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Provision.Machine.Linux.Kernel;

/// <summary>
/// The calls of the C library that .NET does not offer. Each is documented in section 2 or 3 of the manual under its name.
/// </summary>
internal static unsafe partial class Libc
{
    public const int NoFollow = 0x8;

    /// <summary>umount2(2): out of sight at once, with what is mounted below it, and gone when nobody uses it any more.</summary>
    public const int Detach = 0x2;
    private const string Library = "libc";

    // open(2): these two differ between processor families.
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    private static readonly int ODirectory = Arm ? 0x4000 : 0x10000;
    private static readonly int ONoFollow = Arm ? 0x8000 : 0x20000;
    private const int OCloseOnExec = 0x80000;
    private const int AtWorkingFolder = -100;

    /// <summary>A folder for reading, itself and not what a symbolic link of that name leads to.</summary>
    public static SafeFileHandle OpenFolder(string path) => OpenFolder(AtWorkingFolder, path);

    /// <summary>The same inside a folder that is open.</summary>
    public static SafeFileHandle OpenFolder(SafeFileHandle parent, string name) => OpenFolder((int)parent.DangerousGetHandle(), name);

    [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int DataSync(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Stat(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, nuint flags, string options);

    [LibraryImport(Library, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport(Library, EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int GetTime(int clock, long* secondsAndNanoseconds);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Wait(int process, int* status, int options);

    /// <summary>
    /// prlimit(2): sets what a process may have of a resource to a soft and a hard limit. To lower the hard one of a process of the same
    /// user needs no right.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "prlimit", SetLastError = true)]
    public static partial int SetLimit(int process, int resource, ulong* limits, ulong* before);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport(Library, EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetOwner(string path, uint user, uint group);

    [LibraryImport(Library, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int MakePipe(int* ends, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEvent(uint value, int flags);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreatePoll(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlPoll(SafeFileHandle poll, int operation, SafeFileHandle file, byte* entry);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitForPoll(SafeFileHandle poll, byte* entries, int room, int milliseconds);

    /// <summary>
    /// A file for reading, without the lock that .NET takes on every file it opens: what tenants can open, too, they can lock.
    /// </summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle OpenUnlocked(string path)
    {
        var file = new SafeFileHandle(OpenAt(AtWorkingFolder, path, OCloseOnExec), ownsHandle: true);
        return file.IsInvalid ? throw new IOException($"{path}: {Errno.Last}") : file;
    }

    private static SafeFileHandle OpenFolder(int parent, string name) =>
        new(OpenAt(parent, name, ODirectory | ONoFollow | OCloseOnExec), ownsHandle: true);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(int folder, string name, int flags);
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Provision.Machine.Linux.Kernel;

/// <summary>
/// Files by a folder that is open and a name in it (the calls of section 2 that end in <c>at</c>). Paths are resolved as if the folder
/// were the root of everything: neither <c>..</c> nor a link, absolute or not, leads out of it. Names are single parts and never followed.
/// </summary>
internal static unsafe partial class Beneath
{
    private const string Library = "libc";
    private const nint OpenCall = 437; // openat2(2), the same number on every processor; no C library of Debian 12 wraps it
    private const int Tries = 1000;
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NotFollowed = 0x100; // AT_SYMLINK_NOFOLLOW
    private const int FolderEntry = 0x200; // AT_REMOVEDIR
    private const int WriteOnly = 0x1; // open(2), here and below
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int PathOnly = 0x200000;

    // These two differ between processor families.
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    private static readonly int FolderOnly = Arm ? 0x4000 : 0x10000;
    private static readonly int NoFollow = Arm ? 0x8000 : 0x20000;

    /// <summary>
    /// A folder below another, for making and removing what it holds. Links on the way are followed below the root; the last part is
    /// followed only when that is said. The empty path is the root itself.
    /// </summary>
    public static Errno? OpenFolder(SafeFileHandle root, string path, bool follow, out SafeFileHandle folder)
    {
        return Open(root, path.Length == 0 ? "." : path, PathOnly | FolderOnly | (follow ? 0 : NoFollow), out folder);
    }

    /// <summary>A file for reading, links followed below the root. It may be a folder, or a pipe, which is not waited for.</summary>
    public static Errno? OpenFile(SafeFileHandle root, string path, out SafeFileHandle file) => Open(root, path, NonBlocking, out file);

    /// <summary>A folder in a folder that nobody else changes meanwhile; <c>..</c> is the one above.</summary>
    public static Errno? EnterFolder(SafeFileHandle folder, string name, out SafeFileHandle entered)
    {
        entered = OpenAt(folder, name, PathOnly | FolderOnly | NoFollow | CloseOnExec, 0);
        return entered.IsInvalid ? Errno.Last : null;
    }

    /// <summary>Writes all of it at the end of what was written so far.</summary>
    public static Errno? Write(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var at = 0; at < bytes.Length;)
            {
                var count = Write(file, start + at, (nuint)(bytes.Length - at));
                if (count < 0 && Errno.Last is var error && error != Errno.Interrupted)
                {
                    return error;
                }

                at += (int)Math.Max(count, 0);
            }
        }

        return null;
    }

    /// <summary>A new file for writing, which root alone can read so far.</summary>
    public static Errno? CreateFile(SafeFileHandle folder, string name, out SafeFileHandle file)
    {
        file = OpenAt(folder, name, WriteOnly | Create | Exclusive | NoFollow | CloseOnExec, 0x180);
        return file.IsInvalid ? Errno.Last : null;
    }

    /// <summary>A new folder, which root alone can enter so far.</summary>
    public static Errno? CreateFolder(SafeFileHandle folder, string name) => Result(MakeFolderAt(folder, name, 0x1c0));

    /// <summary>A new symbolic link.</summary>
    public static Errno? CreateLink(SafeFileHandle folder, string name, string target) => Result(LinkTo(target, folder, name));

    /// <summary>Another name for a file; a link under the old name is not followed but gets the other name itself.</summary>
    public static Errno? CreateName(SafeFileHandle folder, string name, SafeFileHandle oldFolder, string oldName) =>
        Result(LinkAt(oldFolder, oldName, folder, name, 0));

    /// <summary>Takes away what has the name; <see cref="Errno.IsFolder"/> when that is a folder.</summary>
    public static Errno? Remove(SafeFileHandle folder, string name) => Result(UnlinkAt(folder, name, 0));

    /// <summary>Takes away an empty folder.</summary>
    public static Errno? RemoveFolder(SafeFileHandle folder, string name) => Result(UnlinkAt(folder, name, FolderEntry));

    /// <summary>Owner and group of what has the name.</summary>
    public static Errno? SetOwner(SafeFileHandle folder, string name, int uid, int gid) =>
        Result(ChangeOwnerAt(folder, name, (uint)uid, (uint)gid, NotFollowed));

    /// <summary>When what has the name was changed and read last; whole seconds since 1970, and nanoseconds beside them.</summary>
    public static Errno? SetTime(SafeFileHandle folder, string name, long seconds, long nanoseconds)
    {
        var times = stackalloc long[4] { seconds, nanoseconds, seconds, nanoseconds };
        return Result(SetTimesAt(folder, name, times, NotFollowed));
    }

    /// <summary>The permission bits of what has the name, which must not be a link: this call would follow it.</summary>
    public static Errno? SetMode(SafeFileHandle folder, string name, int mode) => Result(ChangeModeAt(folder, name, (uint)mode, 0));

    /// <summary>The names in a folder.</summary>
    public static IReadOnlyList<string> List(SafeFileHandle folder) =>
        [.. Directory.EnumerateFileSystemEntries($"/proc/self/fd/{folder.DangerousGetHandle()}").Select(entry => Path.GetFileName(entry))];

    private static Errno? Open(SafeFileHandle root, string path, int flags, out SafeFileHandle opened)
    {
        var how = new OpenHow
        {
            Flags = (ulong)(flags | CloseOnExec),
            Resolve = OpenHow.InRoot | OpenHow.NoMagicLinks | OpenHow.NoOtherMounts,
        };
        var error = Errno.Again;
        for (var i = 0; i < Tries && error == Errno.Again; i++)
        {
            // A rename anywhere on the machine while a ".." was looked up: nothing of ours.
            opened = new SafeFileHandle(Open(OpenCall, root, path, &how, (nuint)sizeof(OpenHow)), ownsHandle: true);
            if (!opened.IsInvalid)
            {
                return null;
            }

            error = Errno.Last;
        }

        opened = new SafeFileHandle(-1, ownsHandle: true);
        return error;
    }

    private static Errno? Result(int result) => result == 0 ? null : Errno.Last;

    private static SafeFileHandle OpenAt(SafeFileHandle folder, string name, int flags, uint mode) =>
        new(OpenAtRaw(folder, name, flags, mode), ownsHandle: true);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(nint call, SafeFileHandle folder, string path, OpenHow* how, nuint size);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAtRaw(SafeFileHandle folder, string name, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, byte* bytes, nuint count);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFolderAt(SafeFileHandle folder, string name, uint mode);

    [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkTo(string target, SafeFileHandle folder, string name);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkAt(SafeFileHandle oldFolder, string oldName, SafeFileHandle folder, string name, int flags);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkAt(SafeFileHandle folder, string name, int flags);

    [LibraryImport(Library, EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwnerAt(SafeFileHandle folder, string name, uint uid, uint gid, int flags);

    [LibraryImport(Library, EntryPoint = "fchmodat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeModeAt(SafeFileHandle folder, string name, uint mode, int flags);

    [LibraryImport(Library, EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetTimesAt(SafeFileHandle folder, string name, long* times, int flags);
}

/// <summary>struct open_how (linux/openat2.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    public const ulong NoOtherMounts = 0x01; // RESOLVE_NO_XDEV
    public const ulong NoMagicLinks = 0x02; // RESOLVE_NO_MAGICLINKS
    public const ulong InRoot = 0x10; // RESOLVE_IN_ROOT

    public ulong Flags;
    public ulong Mode;
    public ulong Resolve;
}

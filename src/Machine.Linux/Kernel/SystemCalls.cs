using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Provision.Machine.Linux.Kernel;

/// <summary>
/// System calls for which older C libraries have no function. All are younger than the point from which every processor family numbers
/// new calls alike (asm-generic/unistd.h). Each is documented in section 2 of the manual under its name.
/// </summary>
internal static unsafe partial class SystemCalls
{
    private const string Library = "libc";
    private const string Call = "syscall";
    private const long SignalProcessNumber = 424; // pidfd_send_signal
    private const long OpenTreeNumber = 428;
    private const long MoveMountNumber = 429;
    private const long OpenFileSystemNumber = 430; // fsopen
    private const long OpenProcessNumber = 434; // pidfd_open
    private const long SetMountNumber = 442; // mount_setattr
    private const nint EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const nint CloneCloseOnExec = 0x1 | 0x80000; // OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC
    private const nint BothEmpty = 0x4 | 0x40; // MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_EMPTY_PATH
    private const ulong RootAttributes = 0x2 | 0x4 | 0x100000; // MOUNT_ATTR_NOSUID, _NODEV, _IDMAP

    /// <summary>open_tree(2): the folder as a mount of its own that has no place yet, without the mounts below it.</summary>
    public static SafeFileHandle CloneMount(SafeFileHandle folder) =>
        ToHandle(OpenTree(OpenTreeNumber, folder, "", EmptyPath | CloneCloseOnExec));

    /// <summary>
    /// mount_setattr(2): the mount shows the ids of its files as the user namespace maps them, and has no set-user-id and no devices.
    /// </summary>
    public static Errno? MapOwners(SafeFileHandle mount, SafeFileHandle userNamespace)
    {
        // struct mount_attr: to set, to clear, propagation, user namespace
        var attributes = stackalloc ulong[4] { RootAttributes, 0, 0, (ulong)userNamespace.DangerousGetHandle() };
        return ToError(SetMount(SetMountNumber, mount, "", EmptyPath, attributes, 4 * sizeof(ulong)));
    }

    /// <summary>move_mount(2): gives the mount its place.</summary>
    public static Errno? PlaceMount(SafeFileHandle mount, SafeFileHandle place) =>
        ToError(MoveMount(MoveMountNumber, mount, "", place, "", BothEmpty));

    /// <summary>pidfd_open(2): the process itself, and not who gets its id later. It can be read from when the process has ended.</summary>
    public static SafeFileHandle OpenProcess(int process) => ToHandle(OpenProcess(OpenProcessNumber, process, 0));

    /// <summary>pidfd_send_signal(2).</summary>
    public static Errno? Signal(SafeFileHandle process, int signal) => ToError(SignalProcess(SignalProcessNumber, process, signal, 0, 0));

    /// <summary>fsopen(2): a file system of this type that is not made yet. The kernel loads what knows the type.</summary>
    public static SafeFileHandle OpenFileSystem(string type) => ToHandle(OpenFileSystem(OpenFileSystemNumber, type, 1));

    private static SafeFileHandle ToHandle(nint result) => new(result, ownsHandle: true);

    private static Errno? ToError(nint result) => result < 0 ? Errno.Last : null;

    [LibraryImport(Library, EntryPoint = Call, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenTree(long number, SafeFileHandle folder, string path, nint flags);

    [LibraryImport(Library, EntryPoint = Call, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SetMount(long number, SafeFileHandle mount, string path, nint flags, ulong* attributes, nuint size);

    [LibraryImport(Library, EntryPoint = Call, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint MoveMount(long number, SafeFileHandle from, string fromPath, SafeFileHandle to, string toPath, nint flags);

    [LibraryImport(Library, EntryPoint = Call, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenFileSystem(long number, string type, nint flags);

    [LibraryImport(Library, EntryPoint = Call, SetLastError = true)]
    private static partial nint OpenProcess(long number, nint process, nint flags);

    [LibraryImport(Library, EntryPoint = Call, SetLastError = true)]
    private static partial nint SignalProcess(long number, SafeFileHandle process, nint signal, nint information, nint flags);
}

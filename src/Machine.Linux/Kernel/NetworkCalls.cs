using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Provision.Machine.Linux.Kernel;

/// <summary>
/// Calls of the C library for namespaces of the network and for sockets of families that .NET does not know. Each is documented in
/// section 2 of the manual under its name.
/// </summary>
internal static unsafe partial class NetworkCalls
{
    /// <summary>CLONE_NEWNET (sched.h): the kind of a namespace of the network.</summary>
    public const int NetworkKind = 0x40000000;

    private const string Library = "libc";
    private const int NetlinkFamily = 16; // AF_NETLINK, socket.h
    private const int RawSocket = 3 | 0x80000; // SOCK_RAW, SOCK_CLOEXEC
    private const int NetlinkLevel = 270; // SOL_NETLINK
    private const nuint AskKind = 0xb703; // NS_GET_NSTYPE, ioctl_ns(2)

    /// <summary>socket(2): speaks a protocol of netlink(7) in the namespace of the calling thread.</summary>
    public static SafeFileHandle OpenNetlink(int protocol) => new(OpenSocket(NetlinkFamily, RawSocket, protocol), ownsHandle: true);

    /// <summary>setsockopt(2): switches an option of a netlink socket on.</summary>
    public static Errno? SwitchOn(SafeFileHandle socket, int option)
    {
        var on = 1;
        return SetOption(socket, NetlinkLevel, option, &on, sizeof(int)) == 0 ? null : Errno.Last;
    }

    /// <summary>setns(2): the calling thread is in this namespace of the network from now on.</summary>
    public static Errno? Enter(SafeFileHandle handle) => SetNamespace(handle, NetworkKind) == 0 ? null : Errno.Last;

    /// <summary>unshare(2): the calling thread is in a new namespace of the network from now on.</summary>
    public static Errno? EnterNew() => Unshare(NetworkKind) == 0 ? null : Errno.Last;

    /// <summary>True when the file is a namespace of the network.</summary>
    public static bool IsNetwork(SafeFileHandle file) => Libc.Control(file, AskKind, null) == NetworkKind;

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeFileHandle socket, byte* buffer, nuint size, int flags);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeFileHandle socket, byte* buffer, nuint size, int flags);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(SafeFileHandle socket, int level, int option, void* value, uint size);

    [LibraryImport(Library, EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int kind);

    [LibraryImport(Library, EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int kinds);
}

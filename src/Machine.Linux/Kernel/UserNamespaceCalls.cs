using System.Runtime.InteropServices;

namespace Provision.Machine.Linux.Kernel;

/// <summary>
/// Calls of the C library and the kernel by which a namespace of users (user_namespaces(7)) is made. Each is documented in section 2 of the
/// manual under its name.
/// </summary>
/// <remarks>
/// A process with several threads cannot enter a new one, but a child of it can begin in one, and need not run any program. Whom the
/// namespace belongs to, the kernel takes from the thread that made the child: so a thread becomes that user, for this alone, and ends.
/// For the kernel, users and capabilities are those of a thread; that all threads of a process have the same is the work of the C library,
/// which is not asked here.
/// </remarks>
internal static unsafe partial class UserNamespaceCalls
{
    private const string Library = "libc";
    private const string Call = "syscall";
    private const int GetDumpable = 3; // PR_GET_DUMPABLE, prctl.h
    private const int SetDumpable = 4; // PR_SET_DUMPABLE
    private const int KeepCapabilities = 8; // PR_SET_KEEPCAPS
    private const uint CapabilityVersion = 0x20080522; // _LINUX_CAPABILITY_VERSION_3, capability.h
    private const uint Administrator = 1 << 21; // CAP_SYS_ADMIN: on some machines nobody else makes any.
    private const int NewUsers = 0x10000000; // CLONE_NEWUSER, sched.h
    private const int SharedUntilItEnds = 0x100 | 0x4000; // CLONE_VM, CLONE_VFORK
    private const int WaitForAll = 0x40000000; // __WALL: a child that tells nobody of its end, too.
    private const nuint StackSize = 64 * 1024;

    // These are older than the point from which every processor family numbers calls alike.
    private static readonly (long Group, long User) BecomeNumbers = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => (119, 117), // setresgid, setresuid
        Architecture.Arm64 => (149, 147),
        var other => throw new PlatformNotSupportedException($"The numbers of system calls of {other} are not known."),
    };

    private static readonly nint End = NativeLibrary.GetExport(NativeLibrary.Load(Library, typeof(Libc).Assembly, null), "_exit");
    private static readonly Lock Gate = new();

    /// <summary>
    /// Makes a child that is in a new namespace of this user, and has ended already: /proc tells of it until <see cref="Collect"/>.
    /// </summary>
    public static Errno? StartChild(uint owner, out int child)
    {
        Errno? error = null;
        var id = 0;
        var thread = new Thread(() => error = StartChildHere(owner, out id)) { IsBackground = true, Name = "user namespace" };

        // One at a time: each puts back what it found of what the whole process has in common.
        lock (Gate)
        {
            var dumpable = Control(GetDumpable, 0, 0, 0, 0);
            thread.Start();
            thread.Join();

            // Because a thread became somebody else, the kernel writes no core of the process and lets no debugger of its user in.
            if (Control(SetDumpable, dumpable, 0, 0, 0) != 0)
            {
                error ??= Errno.Last;
            }
        }

        child = id;
        return error;
    }

    /// <summary>Ends what <see cref="StartChild"/> began.</summary>
    public static void Collect(int child)
    {
        int status;
        _ = Libc.Wait(child, &status, WaitForAll);
    }

    /// <summary>The calling thread is good for nothing else afterwards.</summary>
    private static Errno? StartChildHere(uint owner, out int child)
    {
        child = 0;
        var header = stackalloc uint[2] { CapabilityVersion, 0 };

        // Effective, permitted, inheritable; the same again for numbers from 32.
        var sets = stackalloc uint[6] { Administrator, Administrator, 0, 0, 0, 0 };
        if (Control(KeepCapabilities, 1, 0, 0, 0) != 0
            || Become(BecomeNumbers.Group, owner, owner, owner) != 0
            || Become(BecomeNumbers.User, owner, owner, owner) != 0
            || SetCapabilities(header, sets) != 0)
        {
            return Errno.Last;
        }

        // The child has our memory and a stack of its own, does nothing but end, and we wait for that here.
        var stack = (byte*)NativeMemory.AlignedAlloc(StackSize, 16);
        try
        {
            child = Clone(End, stack + StackSize, NewUsers | SharedUntilItEnds, 0);
            return child < 0 ? Errno.Last : null;
        }
        finally
        {
            NativeMemory.AlignedFree(stack);
        }
    }

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nint first, nint second, nint third, nint fourth);

    [LibraryImport(Library, EntryPoint = Call, SetLastError = true)]
    private static partial nint Become(long number, nuint real, nuint effective, nuint saved);

    [LibraryImport(Library, EntryPoint = "capset", SetLastError = true)]
    private static partial int SetCapabilities(uint* header, uint* sets);

    [LibraryImport(Library, EntryPoint = "clone", SetLastError = true)]
    private static partial int Clone(nint function, byte* stack, int flags, nint argument);
}

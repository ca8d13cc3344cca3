using System.Runtime.InteropServices;

namespace Provision.Machine.Linux.Kernel;

/// <summary>
/// Calls that change nothing and tell what the kernel can do. Each is documented in section 2 of the manual under its name.
/// </summary>
internal static unsafe partial class KernelQuestions
{
    private const string Library = "libc";
    private const nuint HasAction = 2; // SECCOMP_GET_ACTION_AVAIL, seccomp.h
    private const uint ReturnErrno = 0x00050000; // SECCOMP_RET_ERRNO
    private const int ClockSize = 256; // struct timex has 208 bytes on 64 bits.
    private const int ErrorMaxAt = 24;

    // Older than the point from which every processor family numbers calls alike.
    private static readonly long FilterNumber = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 277 : 317;

    /// <summary>seccomp(2): null when a filter can have a call fail.</summary>
    public static Errno? CanFilter()
    {
        var action = ReturnErrno;
        return Filter(FilterNumber, HasAction, 0, &action) == 0 ? null : Errno.Last;
    }

    /// <summary>
    /// adjtimex(2): how far the wall clock may be off by what keeps it right; null when nothing does.
    /// </summary>
    public static TimeSpan? ClockError()
    {
        const int unsynchronised = 5; // TIME_ERROR
        var clock = stackalloc byte[ClockSize];
        new Span<byte>(clock, ClockSize).Clear();
        var state = Adjust(clock);
        return state is < 0 or unsynchronised ? null : TimeSpan.FromMicroseconds(*(long*)(clock + ErrorMaxAt));
    }

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Filter(long number, nuint operation, nuint flags, uint* action);

    [LibraryImport(Library, EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int Adjust(byte* clock);
}

using System.Runtime.InteropServices;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Kernel;

/// <summary>Why a system call failed (errno(3)).</summary>
internal readonly record struct Errno(int Number)
{
    public static readonly Errno NotPermitted = new(1);
    public static readonly Errno NoEntry = new(2);
    public static readonly Errno NoProcess = new(3);
    public static readonly Errno Interrupted = new(4);
    public static readonly Errno NotExecutable = new(8);
    public static readonly Errno Again = new(11);
    public static readonly Errno Denied = new(13);
    public static readonly Errno Busy = new(16);
    public static readonly Errno Exists = new(17);
    public static readonly Errno NoDevice = new(19);
    public static readonly Errno NotFolder = new(20);
    public static readonly Errno IsFolder = new(21);
    public static readonly Errno InvalidArgument = new(22);
    public static readonly Errno TooManyLinks = new(31);
    public static readonly Errno NoSpace = new(28);
    public static readonly Errno NameTooLong = new(36);
    public static readonly Errno NotEmpty = new(39);
    public static readonly Errno Loop = new(40);
    public static readonly Errno NotSupported = new(95);
    public static readonly Errno NoAddress = new(99);
    public static readonly Errno Quota = new(122);

    /// <summary>Of the last call on this thread that was declared to set it.</summary>
    public static Errno Last => new(Marshal.GetLastPInvokeError());

    /// <summary>A failure that may pass, in the kernel's words.</summary>
    public FaultException Unavailable(string what, string remedy) => new(FaultCode.Unavailable, $"{what}: {this}", remedy);

    /// <inheritdoc/>
    public override string ToString() => $"{Marshal.GetPInvokeErrorMessage(Number)} (errno {Number})";
}

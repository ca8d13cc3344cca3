using Microsoft.Win32.SafeHandles;

namespace Provision.Machine.Linux.Kernel;

/// <summary>A pipe (pipe(2)) whose ends no child gets by accident.</summary>
internal sealed class Pipe : IDisposable
{
    private const int CloseOnExec = 0x80000; // O_CLOEXEC

    public unsafe Pipe()
    {
        var ends = stackalloc int[2];
        if (Libc.MakePipe(ends, CloseOnExec) != 0)
        {
            throw Errno.Last.Unavailable("A pipe cannot be made", "The daemon may have too many files open.");
        }

        (Reader, Writer) = (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    public SafeFileHandle Reader { get; }

    public SafeFileHandle Writer { get; }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }
}

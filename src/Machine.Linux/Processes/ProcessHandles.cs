using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Processes;

namespace Provision.Machine.Linux.Processes;

/// <summary>Processes held so that their ids cannot come to mean others.</summary>
internal static class ProcessHandles
{
    /// <summary>The process; null when it has ended.</summary>
    public static SafeFileHandle? Open(RunningProcess process) =>
        Open(process.Id, () => ProcessTable.Find(process.Id)?.StartTicks == process.StartTicks);

    /// <summary>The process of this id, if it is the one that is meant once it is held; else null.</summary>
    public static SafeFileHandle? Open(int id, Func<bool> isMeant)
    {
        var handle = SystemCalls.OpenProcess(id);
        if (!handle.IsInvalid)
        {
            if (isMeant())
            {
                return handle;
            }

            handle.Dispose();
            return null;
        }

        var error = Errno.Last;
        return error == Errno.NoProcess || error == Errno.InvalidArgument
            ? null
            : throw error.Unavailable($"Process {id} cannot be watched", "The daemon may have too many files open.");
    }
}

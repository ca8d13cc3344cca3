using System.Runtime.InteropServices;

namespace Provision.Machine.Linux.Kernel;

/// <summary>
/// A place to try mounts: a thread in a mount namespace of its own (mount_namespaces(7)). Nobody else sees what is mounted there, and it is
/// gone with the thread, however that ends.
/// </summary>
internal static partial class PrivateMounts
{
    private const int NewMounts = 0x20000; // CLONE_NEWNS, sched.h
    private const nuint PrivateToo = (1 << 18) | 0x4000; // MS_PRIVATE, MS_REC

    /// <summary>Does something there, and returns when its mounts are gone.</summary>
    /// <exception cref="Reservations.Faults.FaultException"><c>Unavailable</c>: the kernel makes no such namespace.</exception>
    public static async Task<T> RunAsync<T>(Func<T> action)
    {
        var ended = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            var work = new Task<T>(() => Unshare(NewMounts) != 0 || Libc.Mount("", "/", "", PrivateToo, "") != 0
                ? throw Errno.Last.Unavailable("A namespace of mounts cannot be made", "Run it as root, with CAP_SYS_ADMIN.")
                : action());
            work.RunSynchronously();
            ended.SetFromTask(work);
        })
        {
            IsBackground = true,
            Name = "private mounts",
        };
        thread.Start();
        try
        {
            return await ended.Task;
        }
        finally
        {
            thread.Join();
        }
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int kinds);
}

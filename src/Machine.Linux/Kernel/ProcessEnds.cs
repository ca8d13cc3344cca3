using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Kernel;

/// <summary>
/// Tells when processes end, of whomever they are children: one thread waits for all of them (epoll(7) over pidfd_open(2)).
/// </summary>
internal sealed unsafe class ProcessEnds : IDisposable
{
    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC, EFD_CLOEXEC
    private const int Add = 1; // EPOLL_CTL_ADD
    private const uint Readable = 0x1; // EPOLLIN
    private const uint Once = 1u << 30; // EPOLLONESHOT
    private const long StopKey = 0;

    private readonly SafeFileHandle poll;
    private readonly SafeFileHandle stop;
    private readonly Thread thread;
    private readonly ConcurrentDictionary<long, Watched> watched = new();
    private long lastKey = StopKey;

    public ProcessEnds()
    {
        poll = new SafeFileHandle(Libc.CreatePoll(CloseOnExec), ownsHandle: true);
        stop = new SafeFileHandle(Libc.CreateEvent(0, CloseOnExec), ownsHandle: true);
        Require(stop, StopKey);
        thread = new Thread(Run) { IsBackground = true, Name = "process ends" };
        thread.Start();
    }

    /// <summary>Done when the process has ended; the handle is closed then.</summary>
    public Task WatchAsync(SafeFileHandle process)
    {
        var item = new Watched(process, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var key = Interlocked.Increment(ref lastKey);
        watched[key] = item;
        Require(process, key);
        return item.Ended.Task;
    }

    /// <summary>Lets go of the processes; what was not told stays untold.</summary>
    public void Dispose()
    {
        var one = 1L;
        _ = Libc.Write(stop, (byte*)&one, sizeof(long));
        thread.Join();
        foreach (var item in watched.Values)
        {
            item.Process.Dispose();
        }

        poll.Dispose();
        stop.Dispose();
    }

    private void Run()
    {
        const int room = 64;
        var events = stackalloc byte[room * PollEvent.SizeMax];
        while (true)
        {
            var count = Libc.WaitForPoll(poll, events, room, -1);
            Invariant.Require(count >= 0 || Errno.Last == Errno.Interrupted, "epoll_wait works");
            for (var i = 0; i < count; i++)
            {
                var key = PollEvent.KeyAt(events, i);
                if (key == StopKey)
                {
                    return;
                }

                if (watched.TryRemove(key, out var item))
                {
                    item.Process.Dispose();
                    item.Ended.SetResult();
                }
            }
        }
    }

    private void Require(SafeFileHandle file, long key)
    {
        var entry = stackalloc byte[PollEvent.SizeMax];
        PollEvent.Write(entry, Readable | Once, key);
        if (Libc.ControlPoll(poll, Add, file, entry) != 0)
        {
            throw new InvalidOperationException($"epoll_ctl: {Errno.Last}");
        }
    }

    private sealed record Watched(SafeFileHandle Process, TaskCompletionSource Ended);
}

using System.Globalization;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Tests.Containers;
using Xunit;

namespace Provision.Machine.Linux.Tests.Escapes;

/// <summary>Programs that take memory, and tables of the kernel that have an end.</summary>
public sealed class MemoryEscapeTests(ContainerFixture fixture) : EscapeSuite(fixture)
{
    private const int OpenFiles = 7; // RLIMIT_NOFILE
    private const int RealTime = 34; // the first signal that queues: SIGRTMIN

    [Theory]
    [InlineData("dd if=/dev/zero of=/dev/shm/a bs=1048576 count=400; eaten=$(head -c 400m /dev/zero | tr '\\0' x)")]
    [InlineData(
        "i=0; while [ $i -lt 100 ]; do (eaten=$(head -c 4m /dev/zero | tr '\\0' x); sleep 600) & i=$((i + 1)); done; wait; exit 137")]
    [InlineData(
        "while :; do busybox split -b 4096 -a 4 /bin/busybox /dev/shm/part.;"
        + " busybox mkdir -p /dev/shm/d; busybox mv /dev/shm/part.* /dev/shm/d; tail -f /dev/zero; done")]
    public async Task Memory_ends_at_the_limit(string script)
    {
        var neighbour = await NeighbourAsync();
        var order = await AttackerAsync(script + "; busybox tail /dev/zero; exit 3");
        await Containers.EnsureAsync(order, Ct);
        await UntilAsync(() => EventsOf(order) > 0);

        Assert.InRange(InGroup(order, "memory.max_usage_in_bytes", "memory.peak"), 1, order.Memory.Bytes);
        await IsUnharmedAsync(neighbour);
    }

    [Fact]
    public async Task Pages_of_files_count_and_go_when_others_are_needed()
    {
        var order = await AttackerAsync(
            "i=0; while [ $i -lt 12 ]; do dd if=/dev/zero of=/data/file bs=1048576 count=24 || exit 1; i=$((i + 1)); done") with
        {
            Memory = MiB(16),
        };

        Assert.Equal(0, await CodeOfAsync(order));
        Assert.InRange(InGroup(order, "memory.max_usage_in_bytes", "memory.peak"), 1, order.Memory.Bytes);
    }

    [Fact]
    public async Task Shared_memory_that_nobody_has_open_counts()
    {
        const int segment = 8 << 20;
        var program = new SyscallProgram();
        program.Repeat(64, () =>
        {
            var id = program.Call(Calls.GetShared, 0, segment, 0x380); // IPC_PRIVATE, IPC_CREAT
            var at = program.Call(Calls.AttachShared, id, 0, 0);
            program.TryCall(Calls.Read, program.Call(Calls.Open, program.Text("/dev/zero"), 0, 0), at, segment);
            program.Call(Calls.DetachShared, at);
        });
        var order = await AttackerAsync(program);

        Assert.NotEqual(0, await CodeOfAsync(order));
        Assert.InRange(InGroup(order, "memory.max_usage_in_bytes", "memory.peak"), 1, order.Memory.Bytes);
    }

    [Fact]
    public async Task What_waits_in_sockets_counts()
    {
        // Each keeps as much as it can to itself; what the kernel drops is no failure.
        var program = new SyscallProgram();
        Files(program);
        var (name, size, bytes) = (program.Room(16), program.Bytes([16, 0, 0, 0]), program.Room(60_000));
        program.Repeat(2000, () =>
        {
            var socket = program.Call(Calls.Socket, 2, 2, 0);
            program.Call(Calls.Bind, socket, program.Bytes([2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), 16);
            program.Call(Calls.SocketName, socket, name, size);
            for (var i = 0; i < 8; i++)
            {
                program.TryCall(Calls.SendTo, socket, bytes, 60_000, 0x40, name, 16);
            }
        });
        program.Repeat(2000, () =>
        {
            var pair = program.Room(8);
            program.Call(Calls.SocketPair, 1, 1 | 0x800, 0, pair);
            for (var i = 0; i < 8; i++)
            {
                program.TryCall(Calls.Write, pair.Number, bytes, 60_000);
            }
        });
        program.Call(Calls.Pause);
        var before = InSockets();
        var order = await AttackerAsync(program);
        var ended = NextEndAsync();
        await Containers.EnsureAsync(order, Ct);
        await UntilAsync(() => ended.IsCompleted || Results(order).Count >= 7);

        Assert.InRange(InSockets() - before, long.MinValue, order.Memory.Bytes / 4);
        Assert.InRange(InGroup(order, "memory.max_usage_in_bytes", "memory.peak"), 1, order.Memory.Bytes);
    }

    [Fact]
    public async Task What_is_counted_by_user_is_not_taken_from_others()
    {
        var neighbour = await NeighbourAsync();
        var order = await AttackerAsync(Greedy()) with { Memory = MiB(256) };
        await Containers.EnsureAsync(order, Ct);
        await UntilAsync(() => File.Exists(InVolume(order, "results")) && Results(order).Count == 18);

        Assert.Null((await FindAsync(order))?.End);
        var (inside, outside) = (await ResultsAsync(Modest(), "modest"), await ResultsOutsideAsync(Modest()));
        AllHold(Names.Zip(inside), call => call.Second >= 0);
        AllHold(Names.Zip(outside), call => call.Second >= 0);
        await IsUnharmedAsync(neighbour);
    }

    [Fact]
    public async Task Events_of_the_whole_machine_cannot_be_used_up()
    {
        var program = new SyscallProgram();
        program.Call(Calls.SetupEvents, 65536, program.Room(8));

        await AreRefusedAsync(program, ["io_setup"], NoSuchCall);
    }

    [Fact]
    public async Task Terminals_of_the_whole_machine_cannot_be_used_up()
    {
        var program = new SyscallProgram();
        Files(program);
        program.Repeat(5000, () => program.Call(Calls.Open, program.Text("/dev/ptmx"), 2, 0));

        var results = await ResultsAsync(program);

        Assert.Equal(-28, results[^1]); // ENOSPC
        Assert.InRange(results[^2], 1, 64);
    }

    /// <summary>The calls of <see cref="Modest"/>.</summary>
    private static IReadOnlyList<string> Names { get; } =
        ["watcher", "watch", "mask", "id", "signal", "timer", "pipe", "size of the pipe", "queue", "shared memory", "locked memory"];

    /// <summary>Takes of everything as much as it gets, and keeps it.</summary>
    private static SyscallProgram Greedy()
    {
        const int many = 200_000;
        var program = new SyscallProgram();
        var (timer, ends) = (program.Room(8), program.Room(8));
        Files(program);
        var watcher = program.Call(Calls.CreateWatcher, 0);
        program.Repeat(many, () => program.Call(Calls.CreateWatcher, 0));
        program.Call(Calls.AddWatch, watcher, program.Text("/data"), 2);
        Block(program);
        program.Repeat(many, () => Queue(program));
        program.Repeat(many, () => program.Call(Calls.CreateTimer, 1, 0, timer));
        program.Repeat(256, () =>
        {
            program.Call(Calls.Pipe, ends);
            program.Call(Calls.FileControl, ends.Number, 1031, 1 << 20); // F_SETPIPE_SZ
        });
        var name = program.Bytes("00000000\0"u8);
        program.Repeat(many, () =>
        {
            program.Call(Calls.OpenQueue, name, 0x42, 0x180, 0);
            program.Add(name, 1);
        });
        program.Repeat(256, () => Lock(program));
        program.Call(Calls.Pause);
        return program;
    }

    /// <summary>Takes one of everything.</summary>
    private static SyscallProgram Modest()
    {
        var program = new SyscallProgram();
        var (timer, ends) = (program.Room(8), program.Room(8));
        program.Call(Calls.CreateWatcher, 0);
        program.Call(Calls.AddWatch, 3, program.Text("/"), 2);
        Block(program);
        Queue(program);
        program.Call(Calls.CreateTimer, 1, 0, timer);
        program.Call(Calls.Pipe, ends);
        program.Call(Calls.FileControl, ends.Number, 1031, 1 << 18);
        program.Call(Calls.OpenQueue, program.Text("modest"), 0x42, 0x180, 0);
        Lock(program);
        return program;
    }

    /// <summary>As many open files as it may have.</summary>
    private static void Files(SyscallProgram program)
    {
        var limits = program.Room(24); // the soft and the hard one; the second answer puts the hard one in place of the soft one
        program.Call(Calls.SetProcessLimit, 0, OpenFiles, 0, limits.After(8));
        program.Call(Calls.SetProcessLimit, 0, OpenFiles, 0, limits);
        program.Call(Calls.SetProcessLimit, 0, OpenFiles, limits.After(8), 0);
    }

    private static void Block(SyscallProgram program) =>
        program.Call(Calls.SetMask, 0, program.Bytes(BitConverter.GetBytes(1UL << (RealTime - 1))), 0, 8);

    private static void Queue(SyscallProgram program) =>
        program.Call(
            Calls.QueueSignal,
            program.Call(Calls.Process),
            RealTime,
            program.Bytes([RealTime, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, .. new byte[116]]));

    private static void Lock(SyscallProgram program) =>
        program.Call(Calls.ControlShared, program.Call(Calls.GetShared, 0, 1 << 20, 0x380), 11, 0); // SHM_LOCK

    /// <summary>What sockets of the whole machine keep, in bytes: the kernel counts pages (proc(5), sockstat).</summary>
    private static long InSockets() => File.ReadLines("/proc/net/sockstat")
        .Select(line => line.Split(' ')).Where(words => words[^2] == "mem")
        .Sum(words => long.Parse(words[^1], CultureInfo.InvariantCulture)) * Environment.SystemPageSize;

    /// <summary>How often the kernel found no more memory for it.</summary>
    private long EventsOf(ContainerOrder order) => Fixture.Groups
        .SelectMany(folder => new[] { "memory.oom_control", "memory.events" }
            .Select(name => Path.Combine(folder, order.Owner.ToString(), name)))
        .Where(File.Exists).SelectMany(File.ReadLines).Where(line => line.StartsWith("oom_kill ", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
}

using System.Diagnostics;
using System.Globalization;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Tests.Containers;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Linux.Tests.Escapes;

/// <summary>Programs that reach for processes of others, for rights they were not given, or do not want to go.</summary>
public sealed class ProcessEscapeTests(ContainerFixture fixture) : EscapeSuite(fixture)
{
    // CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE: capability.h
    private const ulong Documented = 1 << 0 | 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10;

    [Fact]
    public async Task All_tenants_together_leave_half_of_the_process_numbers_and_their_supervisors_most_of_the_processors()
    {
        await Containers.EnsureAsync(await AttackerAsync("sleep 600"), Ct);
        var numbers = long.Parse(await File.ReadAllTextAsync("/proc/sys/kernel/pid_max", Ct), CultureInfo.InvariantCulture);

        Assert.InRange(Read("pids.max"), 1, numbers / 2);
        Assert.InRange(Read("supervisors/cpu.cfs_quota_us", "supervisors/cpu.max"), 1, 25_000 * Environment.ProcessorCount);

        long Read(params string[] names) => long.Parse(
            File.ReadAllText(Fixture.Groups.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).First(File.Exists))
                .Split(' ')[0],
            CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Nobody_sees_or_signals_processes_of_others()
    {
        var neighbour = await NeighbourAsync();
        var strangers = string.Join(
            ' ', Fixture.Processes(neighbour.Owner).Append(Environment.ProcessId).Append(Fixture.SupervisorOf(neighbour.Owner)));
        var tried = await TryAsync(
        [
            "cd /proc; ls -d [0-9]* | busybox sort -n | busybox tail -n 1",
            .. strangers.Split(' ').Select(id => $"busybox kill -9 {id}"),
            .. strangers.Split(' ').Select(id => $"ls /proc/{id}/root" + "/"),
            "busybox cat /proc/1/maps | busybox grep -c conmon",
        ]);

        Assert.InRange(int.Parse(tried[0].Said, CultureInfo.InvariantCulture), 1, 100);
        AllHold(
            tried.Skip(1).SkipLast(1),
            one => one.Code != 0 && one.Said.Contains("No such", StringComparison.Ordinal));
        await IsUnharmedAsync(neighbour);
    }

    [Fact]
    public async Task Who_kills_everybody_kills_only_its_own()
    {
        var neighbour = await NeighbourAsync();
        var order = await AttackerAsync(
            "trap '' TERM; sleep 600 & sleep 600 & (kill -9 -1; echo $? > /data/sent); wait; : > /data/over; sleep 600");
        await Containers.EnsureAsync(order, Ct);
        await UntilAsync(() => File.Exists(InVolume(order, "over")));

        Assert.Equal("0", File.ReadAllText(InVolume(order, "sent")).Trim());
        Assert.Null((await FindAsync(order))?.End);
        await IsUnharmedAsync(neighbour);
    }

    [Fact]
    public async Task Rights_are_those_that_are_written_down()
    {
        var tried = await TryAsync(["busybox cat /proc/self/status", "busybox cat /proc/1/status"]);

        foreach (var one in tried)
        {
            var status = one.Said.Split('\n').Select(line => line.Split(":\t", 2)).ToDictionary(parts => parts[0], parts => parts[^1]);
            Assert.Equal(
                [0, Documented, Documented, Documented, 0],
                new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" }.Select(name => Convert.ToUInt64(status[name], 16)));
            Assert.Equal(("1", "2"), (status["NoNewPrivs"], status["Seccomp"]));
        }
    }

    [Fact]
    public async Task Files_that_change_who_runs_them_change_nothing()
    {
        const string script = """
            for file in /data/busybox.user /data/busybox.group /data/busybox.capable /busybox.user /busybox.group /busybox.capable; do
                $file id -u; $file id -g; $file grep CapEff /proc/self/status
            done > /data/said 2>&1
            """;
        var order = await AttackerAsync(script) with { User = "1000:1000" };
        Assert.SkipUnless(SyscallProgram.CanRun, "the program that gives capabilities is for x86-64");
        foreach (var folder in new[] { InVolume(order, ""), InRoot(order, "") })
        {
            foreach (var (name, mode) in new[] { ("busybox.user", 0x9ed), ("busybox.group", 0x5ed), ("busybox.capable", 0x1ed) })
            {
                File.Copy("/bin/busybox", Path.Combine(folder, name));
                File.SetUnixFileMode(Path.Combine(folder, name), (UnixFileMode)mode);
            }

            // vfs_cap_data: version 2, effective; permitted and inheritable, all of them.
            var give = new SyscallProgram();
            byte[] all = [1, 0, 0, 2, .. Enumerable.Repeat<byte>(0xff, 4), 0, 0, 0, 0, .. Enumerable.Repeat<byte>(0x1, 4), 0, 0, 0, 0];
            give.Call(
                Calls.SetAttribute,
                give.Text(Path.Combine(folder, "busybox.capable")),
                give.Text("security.capability"),
                give.Bytes(all),
                all.Length,
                0);
            Assert.Equal([0], await ResultsOutsideAsync(give));
        }

        File.WriteAllText(InVolume(order, "said"), "");
        File.SetUnixFileMode(InVolume(order, "said"), (UnixFileMode)0x1b6);
        Assert.Equal(0, await CodeOfAsync(order));

        Assert.Equal(
            Enumerable.Repeat<string[]>(["1000", "1000", "CapEff:\t0000000000000000"], 6).SelectMany(lines => lines),
            await File.ReadAllLinesAsync(InVolume(order, "said"), Ct));
    }

    [Fact]
    public async Task A_fork_bomb_stops_at_the_limit_and_goes_at_once()
    {
        var neighbour = await NeighbourAsync();
        var bomb = new SyscallProgram();
        bomb.Repeat(int.MaxValue, () => bomb.TryCall(Calls.Fork));
        var order = await AttackerAsync(bomb) with { ProcessesMax = 128 };
        await Containers.EnsureAsync(order, Ct);
        await UntilAsync(() => Fixture.Processes(order.Owner).Count == 128);

        await IsUnharmedAsync(neighbour);
        var another = await OrderAsync("exit 3", "another");
        Assert.Equal(3, await CodeOfAsync(another));
        Assert.Equal(128, Fixture.Processes(order.Owner).Count);
        Assert.Equal(0, Tool.Try("true").ExitCode);

        await GoesAsync(order);
        await IsUnharmedAsync(neighbour);
    }

    [Theory]
    [InlineData(
        "trap '' TERM INT HUP; sleep 600 & busybox kill -STOP $!;"
        + " (sleep 0.1; busybox kill -STOP 1) & : > /data/ready; while :; do :; done")]
    [InlineData(
        "trap '' TERM; i=0; while [ $i -lt 200 ]; do (trap '' TERM; sleep 600) & i=$((i + 1)); done;"
        + " : > /data/ready; while :; do sleep 0; done")]
    [InlineData(
        "trap '' TERM; busybox mkfifo /data/pipe; (: > /data/pipe) & (: > /data/pipe) &"
        + " : > /data/ready; while :; do read line < /data/pipe; done")]
    [InlineData(
        "trap 'busybox setsid sh -c \"trap \\\"\\\" TERM; sleep 600\" &' TERM;"
        + " : > /data/ready; while :; do busybox setsid sleep 600 & sleep 0.05; done")]
    public async Task What_does_not_want_to_go_goes(string script)
    {
        var order = await AttackerAsync(script);
        await Containers.EnsureAsync(order, Ct);
        await UntilAsync(() => File.Exists(InVolume(order, "ready")));

        await GoesAsync(order);
    }

    [Fact]
    public async Task The_program_of_the_runtime_is_not_there_to_be_changed()
    {
        // A working folder or program by way of what the runtime itself has open would lie outside of the root.
        var runtime = Tool.Run("sha256sum", "/usr/sbin/runc");
        var order = await OrderAsync("run");
        var reached = new List<string>();
        for (var number = 3; number < 24; number++)
        {
            foreach (var suffix in new[] { "", "/../../.." })
            {
                var ends = await OutcomeAsync(order with
                {
                    WorkingFolder = $"/proc/self/fd/{number}{suffix}", Arguments = ["/bin/sh", "-c", "/bin/ls -d run/provision sys/kernel"],
                });
                reached.AddRange(ends is 0 ? [$"{number}{suffix}"] : []);
            }
        }

        foreach (var program in new[] { "/proc/self/exe", "/proc/1/exe" })
        {
            await OutcomeAsync(order with { Arguments = [program, "--version"] });
        }

        Assert.Empty(reached);
        Assert.Equal(runtime, Tool.Run("sha256sum", "/usr/sbin/runc"));
    }

    /// <summary>The exit code; null when it could not be started.</summary>
    private async Task<int?> OutcomeAsync(ContainerOrder order)
    {
        try
        {
            await Containers.EnsureAsync(order, Ct);
        }
        catch (FaultException)
        {
            return null;
        }

        ContainerEnd? end;
        while ((end = (await FindAsync(order))?.End) is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
        }

        return end.ExitCode;
    }

    private async Task GoesAsync(ContainerOrder order)
    {
        var watch = Stopwatch.StartNew();
        await Containers.RemoveAsync(order.Owner, TimeSpan.Zero, Ct);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Empty(Fixture.Processes(order.Owner));
        Assert.Null(await FindAsync(order));
    }
}

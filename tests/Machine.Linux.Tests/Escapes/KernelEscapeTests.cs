using Provision.Machine.Linux.Tests.Containers;
using Xunit;

namespace Provision.Machine.Linux.Tests.Escapes;

/// <summary>Programs that want to change what they see, or the kernel that everybody shares.</summary>
public sealed class KernelEscapeTests(ContainerFixture fixture) : EscapeSuite(fixture)
{
    // CLONE_NEWTIME, which only unshare takes; then _NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET: sched.h
    private const long NewTime = 0x80;
    private static readonly long[] NewNamespaces = [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000];

    [Fact]
    public async Task Nothing_is_mounted_unmounted_or_made_the_root()
    {
        await RunAsync(await AttackerAsync("true", "first")); // From now on the memory of containers is mounted.
        var mounts = Tool.TracesOf(Fixture.Root);

        await AreRefusedAsync("permi", // Operation not permitted, Permission denied, permission denied (are you root?)
        [
            "busybox mount -t tmpfs none /bin",
            "busybox mount -t proc none /bin",
            "busybox mount -t sysfs none /bin",
            "busybox mount -t cgroup -o memory none /bin",
            "busybox mount -t cgroup2 none /bin",
            "busybox mount -t overlay -o lowerdir=/bin:/data none /bin",
            "busybox mount -t devtmpfs none /bin",
            "busybox mount -t btrfs -o subvolid=5 /dev/loop0 /bin",
            "busybox mount -o bind / /bin",
            "busybox mount -o remount,rw,bind /proc/sys",
            "busybox mount -o remount,dev,suid,bind /data",
            "busybox mount -o remount,rw /",
            "busybox mount --make-shared /",
            "busybox umount /proc/kcore",
            "busybox umount /proc/sys",
            "busybox umount -l /data",
            "busybox umount -l /dev",
            "busybox pivot_root /data /data",
            "busybox chroot /data /attack",
            "busybox unshare -U ls",
            "busybox unshare -m ls",
            "busybox unshare -n ls",
            "busybox nsenter -t 1 -m ls",
        ]);

        Assert.Equal(mounts, Tool.TracesOf(Fixture.Root));
    }

    [Fact]
    public async Task System_calls_that_only_the_machine_needs_are_refused()
    {
        var program = new SyscallProgram();
        foreach (var number in Calls.Closed.Values)
        {
            program.Call(number, 0, 0, 0, 0, 0, 0);
        }

        await AreRefusedAsync(program, [.. Calls.Closed.Keys]);
    }

    [Fact]
    public async Task System_calls_that_are_younger_than_the_list_are_not_there()
    {
        var program = new SyscallProgram();
        var names = new List<string>();
        for (var number = 453; number < 560; number++)
        {
            // cachestat, fchmodat2, map_shadow_stack, the three of futex(2), mseal, and those of extended attributes.
            if (number is not ((>= 451 and <= 456) or (>= 462 and <= 466)))
            {
                program.Call(number, 0, 0, 0, 0, 0, 0);
                names.Add($"{number}");
            }
        }

        var results = await ResultsAsync(program);

        AllHold(names.Zip(results), call => call.Second is NotPermitted or NoSuchCall);
    }

    [Fact]
    public async Task Another_convention_of_system_calls_is_no_way_around_the_list()
    {
        const int oldMount = 21;
        const long otherNumbers = 0x40000000; // __X32_SYSCALL_BIT, asm/unistd.h
        var (old, other) = (new SyscallProgram(), new SyscallProgram());
        old.CallOld(oldMount, old.Text("none"), old.Text("/bin"), old.Text("tmpfs"), 0, 0);
        other.Call(otherNumbers + 165, other.Text("none"), other.Text("/bin"), other.Text("tmpfs"), 0, 0);

        foreach (var (which, program) in new[] { ("old", old), ("other", other) })
        {
            var order = await AttackerAsync(program, which);
            await RunAsync(order);

            // Killed by SIGSYS; told that there is no such call; or by SIGSEGV, by a kernel that has no such convention.
            var code = File.ReadAllText(InVolume(order, "code")).Trim();
            Assert.True(
                code is "159" or "139" || Results(order) is [NoSuchCall], $"{which}: {code} {string.Join(' ', Results(order))}");
        }
    }

    [Fact]
    public async Task No_namespace_is_made()
    {
        var program = new SyscallProgram();
        var names = new List<string>();
        foreach (var flag in NewNamespaces.Append(NewTime))
        {
            program.Call(Calls.Unshare, flag);
            names.Add($"unshare {flag:x}");
        }

        // The kernel looks at the lower half alone; 17 is SIGCHLD.
        foreach (var flag in NewNamespaces.SelectMany(flag => new[] { flag, flag | (0x7fffffffL << 32) }))
        {
            program.Call(Calls.Clone, flag | 17, 0, 0, 0, 0);
            names.Add($"clone {flag:x}");
        }

        await AreRefusedAsync(program, names);
        var byStruct = new SyscallProgram();
        byStruct.Call(Calls.CloneByStruct, byStruct.Bytes(BitConverter.GetBytes(0x10000000L)), 64);
        await AreRefusedAsync(byStruct, ["clone3"], NoSuchCall, "a struct");
    }

    [Fact]
    public async Task Nobody_makes_a_device_or_opens_one_that_was_put_there()
    {
        var order = await AttackerAsync("""
            try() { "$@" > /data/said 2>&1; echo "$? $*: $(busybox tail -n 1 /data/said)"; }
            { try busybox mknod /made c 1 1; try busybox mknod /data/made c 1 3; try busybox mknod /data/made b 7 0
              try busybox mknod /dev/made c 1 3; try busybox mknod /dev/shm/made b 7 0
              for device in memory null loop; do for folder in /data /image; do
                try busybox head -c 1 $folder/$device; try busybox dd if=/dev/zero of=$folder/$device count=1 conv=notrunc; done; done
              try busybox chmod 0 /dev/null; try busybox chown 1 /dev/null; } > /data/all
            """);
        Directory.CreateDirectory(InRoot(order, "image"));
        foreach (var folder in new[] { InVolume(order, ""), InRoot(order, "image") })
        {
            Tool.Run("mknod", "--mode=666", Path.Combine(folder, "memory"), "c", "1", "1");
            Tool.Run("mknod", "--mode=666", Path.Combine(folder, "null"), "c", "1", "3");
            Tool.Run("mknod", "--mode=666", Path.Combine(folder, "loop"), "b", "7", "0");
        }

        var before = Tool.Run("stat", "-c", "%a %u %g", "/dev/null");
        await RunAsync(order);

        var tried = await File.ReadAllLinesAsync(InVolume(order, "all"), Ct);
        Assert.Equal(5 + 12 + 2, tried.Length);
        AllHold(tried, line => line[0] != '0' && line.Contains("ermi", StringComparison.Ordinal));
        Assert.Equal(before, Tool.Run("stat", "-c", "%a %u %g", "/dev/null"));
    }

    [Fact]
    public async Task There_are_harmless_devices_alone()
    {
        var tried = await TryAsync(
            ["busybox find /dev -type c -o -type b | busybox sort", "busybox find /dev -type l -o -type d | busybox sort"]);

        Assert.Equal(
            "/dev/full /dev/null /dev/pts/ptmx /dev/random /dev/tty /dev/urandom /dev/zero", tried[0].Said.Replace('\n', ' '));
        Assert.DoesNotContain(tried[1].Said.Split('\n'), path => path is "/dev/net" or "/dev/mapper" or "/dev/disk" or "/dev/block");
    }

    [Fact]
    public async Task The_settings_of_the_kernel_are_out_of_reach()
    {
        string[] settings =
        [
            "sys/kernel/core_pattern", "sys/kernel/modprobe", "sys/kernel/hostname", "sys/kernel/panic", "sys/kernel/shmmax",
            "sys/vm/drop_caches", "sys/vm/overcommit_memory", "sys/fs/file-max", "sys/fs/binfmt_misc/register", "sys/net/ipv4/ip_forward",
            "sys/user/max_user_namespaces", "sysrq-trigger", "irq/default_smp_affinity", "bus/pci/devices",
        ];
        var there = settings.Where(path => File.Exists($"/proc/{path}")).ToList();
        var before = there.Select(ReadOutside).ToList();

        var tried = await TryAsync([.. there.Select(path => $"echo 1 > /proc/{path}")]);

        Assert.True(there.Count > 8);
        AllHold(tried, one => one.Code != 0 && (one.Said.Contains("Read-only", StringComparison.Ordinal) || IsDenied(one)));
        Assert.Equal(before, there.Select(ReadOutside));
    }

    [Fact]
    public async Task What_the_kernel_tells_root_is_hidden()
    {
        string[] masked = ["kcore", "keys", "timer_list", "interrupts"];
        string[] closed = ["kmsg", "slabinfo", "kpagecount", "kpageflags", "vmallocinfo", "pagetypeinfo", "kallsyms", "iomem"];
        var there = masked.Where(name => File.Exists($"/proc/{name}")).ToList();

        // Without capabilities, the addresses in the last two are zeros.
        var tried = await TryAsync(
        [
            .. there.Concat(closed).Select(name => $"busybox head -c 65536 /proc/{name} | busybox sed '/^ *0*[- ]/d; /^ *0*$/d'"),
            "ls /sys",
        ]);

        Assert.NotEmpty(there);
        AllHold(tried.Take(there.Count), one => one is { Code: 0, Said: "" });
        AllHold(tried.Skip(there.Count).SkipLast(1), one => one.Said.Length == 0 || IsDenied(one)
            || one.Said.Contains("No such file", StringComparison.Ordinal));
        Assert.NotEqual(0, tried[^1].Code);
    }

    [Fact]
    public async Task The_last_to_be_killed_when_memory_is_short_is_not_the_tenant()
    {
        // The kernel takes the first value for the least when whoever wrote it has CAP_SYS_RESOURCE; else what the daemon itself has.
        const int mayRaise = 24;
        var least = (Effective() >> mayRaise & 1) != 0 ? 500 : int.Parse(ReadOutside("self/oom_score_adj"), null);
        var tried = await TryAsync(
        [
            "busybox cat /proc/self/oom_score_adj", $"echo {least - 1} > /proc/self/oom_score_adj", "echo -1000 > /proc/1/oom_score_adj",
            "echo -17 > /proc/self/oom_adj", $"echo 1000 > /proc/self/oom_score_adj && echo {least - 1} > /proc/self/oom_score_adj",
            "busybox cat /proc/1/oom_score_adj",
        ]);

        Assert.Equal("500", tried[0].Said);
        AllHold(tried.Skip(1).SkipLast(1), one => one.Code != 0 && IsDenied(one));
        Assert.Equal("500", tried[^1].Said);
    }

    [Fact]
    public async Task Limits_are_not_raised_from_inside()
    {
        const long openFiles = 7; // RLIMIT_NOFILE
        var program = new SyscallProgram();
        var more = program.Bytes([.. BitConverter.GetBytes(1L << 30), .. BitConverter.GetBytes(1L << 30)]);
        program.Call(Calls.SetLimit, openFiles, more);
        program.Call(Calls.SetProcessLimit, 1, openFiles, more, 0);
        program.Call(Calls.SetScheduler, 0, 1, program.Bytes(BitConverter.GetBytes(50L))); // SCHED_FIFO
        program.Call(Calls.SetEventPriority, 1, 0, 1 << 13); // IOPRIO_CLASS_RT
        await AreRefusedAsync(program, ["setrlimit", "prlimit64", "sched_setscheduler", "ioprio_set"]);

        var tried = await TryAsync(
        [
            "busybox renice -n -1 1", "busybox cat /proc/self/cgroup",
            "busybox find / -name 'cgroup.*' -o -name memory.limit_in_bytes", "busybox grep cgroup /proc/mounts",
        ]);

        Assert.True(tried[0].Code != 0 && IsDenied(tried[0]), $"{tried[0]}");
        Assert.All(tried[1].Said.Split('\n'), line => Assert.EndsWith(":/", line, StringComparison.Ordinal));
        Assert.DoesNotContain("cgroup.procs", tried[2].Said, StringComparison.Ordinal);
        Assert.DoesNotContain("limit_in_bytes", tried[2].Said, StringComparison.Ordinal);
        Assert.Equal((1, ""), (tried[3].Code, tried[3].Said));
    }

    [Fact]
    public async Task The_limits_of_the_order_are_those_of_the_kernel()
    {
        var order = await NeighbourAsync();

        Assert.Equal(order.Memory.Bytes, InGroup(order, "memory.limit_in_bytes", "memory.max"));
        Assert.Equal(order.ProcessesMax, InGroup(order, "pids.max", "pids.max"));
        await IsUnharmedAsync(order);
    }

    private static string ReadOutside(string path) => Tool.Try("cat", $"/proc/{path}").Output;

    /// <summary>The capabilities of the machine's root: it may lack some.</summary>
    private static ulong Effective() => Convert.ToUInt64(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal))[7..].Trim(), 16);

    private static bool IsDenied(Tried one) =>
        one.Said.Contains("ermission denied", StringComparison.Ordinal) || one.Said.Contains("not permitted", StringComparison.Ordinal);
}

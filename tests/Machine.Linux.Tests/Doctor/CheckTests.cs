using System.Net;
using Provision.Machine.Linux.Doctor;
using Provision.Machine.Linux.Processes;
using Xunit;

namespace Provision.Machine.Linux.Tests.Doctor;

/// <summary>Each check is seen to find what it is there for, on a machine where just that is not well.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly FakeMachine machine = new();

    public CheckTests() => Tool.NeedsRoot();

    public void Dispose() => machine.Dispose();

    [Theory]
    [InlineData("root", CheckResult.Failed, "self/status", "Uid:\t1000\t1000\t1000\t1000\n", "Not root")]
    [InlineData("capabilities", CheckResult.Failed, "self/status", "CapEff:\t000001ffffdfffff\n", "Missing: CAP_SYS_ADMIN")]
    [InlineData("capabilities", CheckResult.Warning, "self/status", "CapEff:\t000001fffeffffff\n", "CAP_SYS_RESOURCE")]
    [InlineData("capabilities", CheckResult.Ok, "self/status", "CapEff:\t000001ffffffffff\n", "all")]
    [InlineData("open-files", CheckResult.Warning, "self/limits", "Max open files   1024   1024   files\n", "1024 at most")]
    [InlineData("process-numbers", CheckResult.Warning, "sys/kernel/pid_max", "4096\n", "4096 at most")]
    [InlineData("kernel-version", CheckResult.Warning, "sys/kernel/osrelease", "4.19.0-27-amd64\n", "Linux 4.19.0")]
    [InlineData("kernel-version", CheckResult.Warning, "sys/kernel/osrelease", "new\n", "says nothing")]
    [InlineData("boot-id", CheckResult.Failed, "sys/kernel/random/boot_id", "\n", "no name")]
    [InlineData("user-namespace-limit", CheckResult.Failed, "sys/user/max_user_namespaces", "0\n", "is 0")]
    [InlineData("user-namespace-limit", CheckResult.Warning, "sys/user/max_user_namespaces", "100\n", "is 100")]
    [InlineData("network-namespace-limit", CheckResult.Failed, "sys/user/max_net_namespaces", "0\n", "is 0")]
    [InlineData("connection-table", CheckResult.Warning, "sys/net/netfilter/nf_conntrack_max", "4096\n", "4096")]
    [InlineData("cgroup-version", CheckResult.Failed, "self/mountinfo", "", "no control groups")]
    [InlineData("cgroup-memory", CheckResult.Failed, "self/mountinfo", "", "no control group controller for memory")]
    [InlineData("cgroup-cpu", CheckResult.Failed, "self/mountinfo", "", "no control group controller for cpu")]
    [InlineData("cgroup-pids", CheckResult.Failed, "self/mountinfo", "", "no control group controller for pids")]
    [InlineData("cgroup-kill", CheckResult.Warning, "self/mountinfo", "", "no cgroup.kill")]
    public async Task What_the_kernel_says_is_found(string check, CheckResult result, string file, string text, string found)
    {
        machine.Write($"proc/{file}", text);
        Is(result, found, await machine.LookAsync(check));
    }

    [Theory]
    [InlineData("user-namespace-limit", "self/ns/user")]
    [InlineData("network-namespace-limit", "self/ns/net")]
    public async Task What_the_kernel_does_not_have_is_found(string check, string file)
    {
        machine.Remove($"proc/{file}");
        Is(CheckResult.Failed, "no namespaces of kind", await machine.LookAsync(check));
    }

    [Theory]
    [InlineData("mkfs-btrfs", CheckResult.Failed, Programs.MakeBtrfs)]
    [InlineData("btrfs", CheckResult.Failed, Programs.MakeBtrfs)]
    [InlineData("btrfs-quota", CheckResult.Failed, Programs.MakeBtrfs)]
    [InlineData("idmapped-mounts", CheckResult.Failed, Programs.MakeBtrfs)]
    [InlineData("loop-devices", CheckResult.Failed, Programs.LoopSetup)]
    [InlineData("nft", CheckResult.Failed, Programs.Nft)]
    [InlineData("packet-filter", CheckResult.Failed, Programs.Nft)]
    [InlineData("conmon", CheckResult.Failed, Programs.Conmon)]
    [InlineData("runc", CheckResult.Warning, Programs.Runc)]
    [InlineData("crun", CheckResult.Warning, Programs.Crun)]
    public async Task A_program_that_is_not_installed_is_found(string check, CheckResult result, string program)
    {
        machine.Remove($"programs/{program}");
        var finding = await machine.LookAsync(check);
        Is(result, $"{program} is not installed", finding);
        Assert.Equal($"Install it: apt-get install {Programs.PackageOf(program)}", finding.Remedy);
        Assert.Equal(result == CheckResult.Warning, finding.Fallback is not null);
    }

    [Fact]
    public async Task A_machine_without_any_runtime_makes_no_containers()
    {
        machine.Remove("programs/runc");
        machine.Remove("programs/crun");
        Is(CheckResult.Failed, "runc is not installed", await machine.LookAsync("runc"));
        Is(CheckResult.Failed, "There is no runtime", await machine.LookAsync("container-runtime"));
    }

    [Fact]
    public async Task A_runtime_that_does_not_work_is_found()
    {
        machine.Remove("programs/runc");
        machine.Remove("programs/crun");
        File.CreateSymbolicLink(machine.Here.ProgramFolders[0] + "/runc", "/bin/false");
        Is(CheckResult.Failed, "runc failed with exit code 1", await machine.LookAsync("container-runtime"));
    }

    [Fact]
    public async Task A_program_that_is_old_or_has_no_version_is_used_all_the_same()
    {
        machine.Remove("programs/nft");
        var script = machine.Write("programs/nft", "#!/bin/sh\necho nftables v0.9.1\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Is(CheckResult.Warning, "nft 0.9.1, older", await machine.LookAsync("nft"));
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        machine.Write("programs/nft", "#!/bin/sh\necho new\n");
        Is(CheckResult.Warning, "does not say its version", await machine.LookAsync("nft"));

        // What cannot be run is not installed.
        File.SetUnixFileMode(script, UnixFileMode.UserRead);
        Is(CheckResult.Failed, "nft is not installed", await machine.LookAsync("nft"));
    }

    [Theory]
    [InlineData("passwd", "tenant:x:1879048200:100::/:/bin/sh\n", "tenant in passwd")]
    [InlineData("group", "tenants:x:2147483000:\n", "tenants in group")]
    [InlineData("subuid", "other:1870000000:65536000\n", "other in subuid")]
    [InlineData("subgid", "other:2147483646:1\n", "other in subgid")]
    public async Task Ids_that_belong_to_somebody_are_found(string file, string text, string found)
    {
        machine.Write($"etc/{file}", "somebody:100000:65536\n" + text);
        Is(CheckResult.Failed, found, await machine.LookAsync("id-ranges"));
        machine.Write($"etc/{file}", "somebody:x:100000:65536:\nempty\n");
        Is(CheckResult.Ok, "1879048192", await machine.LookAsync("id-ranges"));
    }

    [Fact]
    public async Task Whom_networks_ask_by_the_options_counts_and_not_whom_the_machine_asks()
    {
        var file = machine.Write("etc/resolv.conf", "nameserver 127.0.0.53\n");
        var options = machine.Options() with { Resolvers = [IPAddress.Parse("192.0.2.1")] };
        var finding = await machine.LookAsync("resolvers", machine.Here with { ResolverFiles = [file] }, options);
        Is(CheckResult.Warning, "No answer from 192.0.2.1", finding);
    }

    [Fact]
    public async Task A_machine_that_asks_nobody_for_names_or_somebody_who_is_silent_is_found()
    {
        var file = machine.Write("etc/resolv.conf", "nameserver 127.0.0.53\n");
        var here = machine.Here with { ResolverFiles = [file] };
        Is(CheckResult.Warning, "asks nobody", await machine.LookAsync("resolvers", here));
        machine.Write("etc/resolv.conf", "nameserver 192.0.2.1\n");
        Is(CheckResult.Warning, "No answer from 192.0.2.1", await machine.LookAsync("resolvers", here));
    }

    [Fact]
    public async Task A_kernel_without_ipv6_is_found()
    {
        Directory.Delete(Path.Combine(machine.Here.Proc, "sys/net/ipv6"));
        Is(CheckResult.Warning, "no IPv6", await machine.LookAsync("ipv6"));
    }

    [Fact]
    public async Task Swap_that_is_not_counted_matters_where_there_is_swap()
    {
        machine.Mount((machine.Root, "cgroup", "cgroup"));
        machine.Write("proc/swaps", "Filename Type Size Used Priority\n");
        Is(CheckResult.Ok, "without swap", await machine.LookAsync("cgroup-swap"));
        machine.Write("proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n");
        Is(CheckResult.Warning, "not counted", await machine.LookAsync("cgroup-swap"));
    }

    [Fact]
    public async Task A_controller_that_cannot_limit_is_found_and_its_group_is_gone()
    {
        var hierarchy = Path.Combine(machine.Root, "memory");
        Directory.CreateDirectory(hierarchy);
        machine.Mount((hierarchy, "cgroup", "cgroup"));
        Is(CheckResult.Failed, "A group has no memory.limit_in_bytes", await machine.LookAsync("cgroup-memory"));
        Assert.Empty(Directory.GetDirectories(hierarchy));
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("cpu")]
    [InlineData("pids")]
    public async Task A_controller_that_is_not_handed_on_was_not_tried(string controller)
    {
        machine.Write("machine/cgroup.controllers", "cpu memory pids\n");
        machine.Write("machine/cgroup.subtree_control", "\n");
        machine.Mount((machine.Root, "cgroup2", "cgroup2"));
        Is(CheckResult.Warning, "not tried", await machine.LookAsync($"cgroup-{controller}"));
    }

    [Fact]
    public async Task Versions_of_control_groups_are_told_apart()
    {
        machine.Mount((machine.Root, "cgroup2", "cgroup2"));
        Is(CheckResult.Ok, "version 2", await machine.LookAsync("cgroup-version"));
        machine.Mount((machine.Root, "cgroup2", "cgroup2"), (machine.Root, "cgroup", "cgroup"));
        Is(CheckResult.Warning, "version 1, with version 2 beside it", await machine.LookAsync("cgroup-version"));
    }

    [Fact]
    public async Task A_pool_that_is_not_mounted_or_not_well_is_found()
    {
        var pool = Path.Combine(machine.Root, "pools", "default");
        Directory.CreateDirectory(pool);
        machine.Mount();
        Is(CheckResult.Warning, "Not mounted: default", await machine.LookAsync("pool-mounted"));

        machine.Mount((pool, "btrfs", "/dev/loop99"));
        Is(CheckResult.Ok, "default at /dev/loop99", await machine.LookAsync("pool-mounted"));
        Assert.Empty(Directory.GetFileSystemEntries(pool));
        Is(CheckResult.Warning, "does not count errors", await machine.LookAsync("pool-errors"));
        Is(CheckResult.Failed, "no limits", await machine.LookAsync("pool-quota"));

        machine.Write("sys/fs/btrfs/uuid/devices/loop99", "");
        machine.Write("sys/fs/btrfs/uuid/devinfo/1/error_stats", "write_errs 0\nread_errs 0\n");
        machine.Write("sys/fs/btrfs/uuid/qgroups/inconsistent", "0\n");
        Is(CheckResult.Ok, "none", await machine.LookAsync("pool-errors"));
        Is(CheckResult.Ok, "consistent", await machine.LookAsync("pool-quota"));
        machine.Write("sys/fs/btrfs/uuid/devinfo/1/error_stats", "write_errs 3\nread_errs 0\n");
        machine.Write("sys/fs/btrfs/uuid/qgroups/inconsistent", "1\n");
        Is(CheckResult.Failed, "default: write_errs 3", await machine.LookAsync("pool-errors"));
        Is(CheckResult.Warning, "counted wrong", await machine.LookAsync("pool-quota"));
    }

    [Fact]
    public async Task A_pool_that_is_full_is_found()
    {
        var pool = Path.Combine(machine.Root, "pools", "default");
        Directory.CreateDirectory(pool);
        Tool.Run("mount", "-t", "tmpfs", "-o", "size=1m", "none", pool);
        machine.Mount((pool, "btrfs", "/dev/loop99"));
        Is(CheckResult.Ok, "free in default", await machine.LookAsync("pool-space"));
        await File.WriteAllBytesAsync(Path.Combine(pool, "full"), new byte[950 << 10], TestContext.Current.CancellationToken);
        Is(CheckResult.Warning, "free in default", await machine.LookAsync("pool-space"));
        await File.WriteAllBytesAsync(Path.Combine(pool, "full"), new byte[1020 << 10], TestContext.Current.CancellationToken);
        Is(CheckResult.Failed, "free in default", await machine.LookAsync("pool-space"));
    }

    private static void Is(CheckResult result, string found, Finding finding)
    {
        Assert.True(result == finding.Result, finding.ToString());
        Assert.Contains(found, finding.Found, StringComparison.Ordinal);
        Assert.Equal(result == CheckResult.Ok, finding.Remedy is null);
    }
}

using Provision.Machine.Conformance;
using Provision.Machine.Containers;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Linux.Tests.Containers;

/// <summary>Roots of strangers who want to reach, hang or fill the machine before their program even runs.</summary>
public sealed class HostileRootTests(ContainerFixture fixture) : LinuxContainerSuite(fixture)
{
    [Theory]
    [InlineData("proc")]
    [InlineData("dev")]
    public async Task A_link_where_the_machine_mounts_is_refused(string name)
    {
        var order = await OrderAsync("run", name);
        File.CreateSymbolicLink(InRoot(order, name), "/bin");

        var fault = await Throws.FaultAsync(FaultCode.Invalid, async () => await Containers.EnsureAsync(order, Ct));

        Assert.Contains($"/{name}", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_in_place_of_the_users_hangs_nobody()
    {
        var order = await OrderAsync("run") with { User = "tenant" };
        File.Delete(InRoot(order, "etc/passwd"));
        Tool.Run("mkfifo", InRoot(order, "etc/passwd"));

        await Throws.FaultAsync(FaultCode.Invalid, async () => await Containers.EnsureAsync(order, Ct));
    }

    [Fact]
    public async Task Users_without_end_are_refused()
    {
        var order = await OrderAsync("run") with { User = "tenant" };
        using (var file = File.OpenWrite(InRoot(order, "etc/passwd")))
        {
            file.SetLength(8L << 30);
        }

        await Throws.FaultAsync(FaultCode.Invalid, async () => await Containers.EnsureAsync(order, Ct));
    }

    [Theory]
    [InlineData("/etc/shadow")]
    [InlineData("../../../../../../../../../etc/passwd")]
    [InlineData("/proc/1/environ")]
    [InlineData("/etc/passwd")]
    public async Task A_link_in_place_of_the_users_leads_nowhere_outside(string target)
    {
        var order = await OrderAsync("run", target) with { User = "daemon" };
        File.Delete(InRoot(order, "etc/passwd"));
        File.CreateSymbolicLink(InRoot(order, "etc/passwd"), target);

        await Throws.FaultAsync(FaultCode.Invalid, async () => await Containers.EnsureAsync(order, Ct));
    }

    [Fact]
    public async Task A_link_to_users_inside_the_root_is_followed()
    {
        var order = await ScriptAsync("busybox id -u; busybox id -g; busybox id -G") with { User = "operator" };
        File.Delete(InRoot(order, "etc/passwd"));
        await File.WriteAllTextAsync(InRoot(order, "etc/others"), "operator:x:77:78::/:/bin/sh\n", Ct);
        await File.WriteAllTextAsync(InRoot(order, "etc/group"), "wheel:x:10:root,operator\nlike:x:11:operators\n", Ct);
        File.CreateSymbolicLink(InRoot(order, "etc/passwd"), "/etc/others");

        Assert.Equal("77\n78\n78 10", await SaidAsync(order));
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData("/proc/sys")]
    [InlineData("/dev/shm")]
    [InlineData("/sys")]
    [InlineData("/sys/fs/cgroup")]
    public async Task What_belongs_to_the_machine_is_no_mount_point(string target)
    {
        var order = await OrderAsync("run", target) with { Mounts = [new VolumeMount(await VolumeAsync(target), target)] };

        await Throws.FaultAsync(FaultCode.Invalid, async () => await Containers.EnsureAsync(order, Ct));
    }

    [Theory]
    [InlineData("busybox unshare -m ls")]
    [InlineData("busybox unshare -U ls")]
    [InlineData("busybox mount -t tmpfs none /bin")]
    [InlineData("busybox chroot / ls")]
    [InlineData("busybox dmesg")]
    [InlineData("busybox mknod /null c 1 3")]
    [InlineData("busybox hostname other")]
    [InlineData("busybox ip link set lo down")]
    [InlineData("busybox date -s 2020-01-01 2>&1 | busybox grep -q 'not permitted' && exit 1")]
    [InlineData("busybox renice -n -5 1")]
    [InlineData("echo 1 > /proc/sys/kernel/panic")]
    [InlineData("echo b > /proc/sysrq-trigger")]
    [InlineData("ulimit -n 100000")]
    public async Task What_would_change_the_machine_is_refused(string script) =>
        Assert.NotEqual(0, await CodeOfAsync(await ScriptAsync(script)));

    [Theory]
    [InlineData("busybox mkfifo /fifo && ls -l /fifo")]
    [InlineData("busybox cp --reflink=always /file /copy || busybox cp /file /copy")]
    [InlineData("busybox su -s /bin/sh -c 'ls /' tenant")]
    [InlineData("busybox chown 1000:1000 /file && busybox chmod 4755 /file")]
    [InlineData("busybox setsid ls && busybox timeout 5 ls")]
    [InlineData("busybox nc -l -p 80 -e ls & sleep 0.2; busybox nc 127.0.0.1 80 < /dev/null; wait")]
    [InlineData("echo > /dev/shm/x && echo > /dev/null && head -c 8 /dev/urandom > /random")]
    [InlineData("[ \"$(busybox hostname)\" ] && [ ! -e /sys/kernel ] && busybox ps > /ps")]
    public async Task What_ordinary_programs_do_works(string script) =>
        Assert.Equal(0, await CodeOfAsync(await ScriptAsync(script)));

    [Fact]
    public async Task It_has_no_more_processes_than_it_may()
    {
        var order = await ScriptAsync("i=0; while [ $i -lt 20 ]; do sleep 600 & i=$((i + 1)); done; exit 0") with { ProcessesMax = 8 };

        Assert.NotEqual(0, await CodeOfAsync(order));
    }

    [Fact]
    public async Task It_sees_its_own_processes_and_no_capability_that_it_was_not_given()
    {
        var said = await SaidAsync(await ScriptAsync("echo $$; busybox grep -E 'Cap|NoNewPrivs|Seccomp:' /proc/self/status"));

        Assert.Equal(
            ["1", "CapInh:\t0000000000000000", "CapPrm:\t00000000000005fb", "CapEff:\t00000000000005fb", "CapBnd:\t00000000000005fb",
             "CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"],
            said.Split('\n'));
    }

    private string InRoot(ContainerOrder order, string path) => Path.Combine(Fixture.PathOf(order.Root), path);
}

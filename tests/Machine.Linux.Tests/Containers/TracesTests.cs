using System.Text;
using Provision.Machine.Conformance;
using Provision.Machine.Containers;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Linux.Tests.Containers;

/// <summary>What a container leaves on the machine: while it runs only what it needs, afterwards nothing.</summary>
public sealed class TracesTests(ContainerFixture fixture) : LinuxContainerSuite(fixture)
{
    private const string Secret = "correct-horse-battery";

    [Fact]
    public async Task A_container_that_runs_leaves_no_mount_on_the_machine()
    {
        var order = await OrderAsync("run") with { Mounts = [new VolumeMount(await VolumeAsync(), "/data")] };
        await Containers.EnsureAsync(order, Ct);

        Assert.Empty(Fixture.MountsInside());
        Assert.NotEmpty(Fixture.Processes(order.Owner));
        Assert.Contains(Fixture.SupervisorOf(order.Owner), Fixture.Processes("supervisors"));
        Assert.Single(Fixture.Slots());
    }

    [Fact]
    public async Task A_container_and_its_supervisor_are_bounded_in_files_and_write_no_cores()
    {
        var order = await OrderAsync("run");
        await Containers.EnsureAsync(order, Ct);

        foreach (var process in Fixture.Processes(order.Owner).Append(Fixture.SupervisorOf(order.Owner)))
        {
            var limits = await File.ReadAllLinesAsync($"/proc/{process}/limits", Ct);
            Assert.Contains(limits, line => line.Split("  ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                is ["Max open files", var soft, var hard, _] && soft == hard && int.Parse(hard, null) <= 65_536);
            Assert.Contains(limits, line => line.Split("  ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                is ["Max core file size", "0", "0", _]);
        }
    }

    [Fact]
    public async Task Nothing_is_left_of_one_that_was_removed()
    {
        var order = await OrderAsync("run") with { Mounts = [new VolumeMount(await VolumeAsync(), "/data")] };
        await Containers.EnsureAsync(order, Ct);
        var supervisor = Fixture.SupervisorOf(order.Owner);

        await Containers.RemoveAsync(order.Owner, Grace, Ct);

        IsClean();
        Assert.False(Directory.Exists($"/proc/{supervisor}"));
    }

    [Theory]
    [InlineData("no-such-program", "/data")]
    [InlineData("run", "/link")]
    [InlineData("run", "/link/below")]
    public async Task Nothing_is_left_of_one_that_could_not_be_started(string program, string target)
    {
        var order = await OrderAsync(program) with { Mounts = [new VolumeMount(await VolumeAsync(), target)] };

        await Throws.FaultAsync(FaultCode.Invalid, async () => await Containers.EnsureAsync(order, Ct));

        IsClean();
    }

    [Fact]
    public async Task Nothing_of_it_runs_on_when_its_supervisor_was_killed()
    {
        var order = await ScriptAsync("trap '' TERM; sleep 600 & sleep 600 & sleep 600 & wait");
        var next = NextEndAsync();
        await Containers.EnsureAsync(order, Ct);
        await UntilAsync(() => Fixture.Processes(order.Owner).Count >= 4);

        await KillSupervisorAsync(order.Owner);
        await next;

        Assert.Empty(Fixture.Processes(order.Owner));
    }

    [Fact]
    public async Task How_one_ended_is_known_after_all_others_were_removed()
    {
        var (full, other) = (await OrderAsync("eat 256", "full"), await OrderAsync("run", "other"));
        await Containers.EnsureAsync(other, Ct);
        var end = await RunAsync(full);

        await Containers.RemoveAsync(other.Owner, Grace, Ct);

        Assert.Equal(EndCause.OutOfMemory, end.Cause);
        Assert.Equal(end, (await FindAsync(full))?.End);
    }

    [Fact]
    public async Task A_new_daemon_ends_what_lost_its_supervisor_before()
    {
        var order = await OrderAsync("stubborn");
        await Containers.EnsureAsync(order, Ct);
        Fixture.Close();
        await KillSupervisorAsync(order.Owner);
        await ReopenAsync();

        Assert.Equal(EndCause.SupervisorLost, (await FindAsync(order))?.End?.Cause);
        Assert.Empty(Fixture.Processes(order.Owner));
    }

    [Fact]
    public async Task A_secret_is_on_no_disk_and_in_nobodys_command_line()
    {
        var order = await OrderAsync("run");
        order = order with { Environment = new Dictionary<string, string>(order.Environment) { ["SECRET"] = Secret } };
        await Containers.EnsureAsync(order, Ct);
        await Containers.EnsureAsync(await OrderAsync("run", "other"), Ct);

        // Pools hold what tenants wrote; pipes would be waited for.
        Assert.Equal(
            (1, ""),
            Tool.Try("grep", "-r", "-l", "--devices=skip", "--exclude-dir=pools", Secret, Fixture.Root, Fixture.Volatile!));
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc", "*"), folder => HoldsSecret(Path.Combine(folder, "cmdline")));
        Assert.Contains(Fixture.Processes(order.Owner), process => HoldsSecret($"/proc/{process}/environ"));
    }

    [Fact]
    public async Task What_it_says_takes_no_more_of_the_disk_than_two_logs()
    {
        const string chatter = "busybox yes a-line-of-some-length | head -c 30000000; tr '\\0' x < /dev/zero | head -c 30000000";
        var order = await ScriptAsync(chatter);
        Assert.Equal(0, await CodeOfAsync(order));
        Assert.Equal(0, await CodeOfAsync(order));
        Assert.Equal(0, await CodeOfAsync(order));

        var size = Files(Path.GetDirectoryName(Fixture.LogOf(order.Owner))!).Sum(path => new FileInfo(path).Length);

        Assert.InRange(size, 1, (2 << 20) + 4096);
    }

    [Fact]
    public async Task Its_processes_have_ids_that_nobody_else_has_and_its_files_those_of_its_root()
    {
        var volume = await VolumeAsync();
        var script = "id -u > /data/whoami; ls -ln /data/whoami | busybox awk '{ print $3 }'; sleep 600";
        var orders = new List<ContainerOrder>();
        foreach (var which in new[] { "first", "second" })
        {
            orders.Add(await ScriptAsync("busybox " + script + $" # {which}") with { Mounts = [new VolumeMount(volume, "/data")] });
            await Containers.EnsureAsync(orders[^1], Ct);
            await UntilAsync(() => SaidBy(orders[^1]) == "0");
        }

        var owners = orders
            .Select(order => Tool.Run("ps", "-o", "uid=", "-p", $"{Fixture.Processes(order.Owner).First()}").Trim()).ToList();
        Assert.All(owners, owner => Assert.True(uint.Parse(owner, null) >= 0x70000000, owner));
        Assert.NotEqual(owners[0], owners[1]);
        Assert.Equal("0:0", Tool.Run("stat", "-c", "%u:%g", Path.Combine(Fixture.PathOf(volume), "whoami")));
    }

    [Fact]
    public async Task Removing_all_leaves_nothing_and_can_be_repeated()
    {
        await Containers.EnsureAsync(await OrderAsync("run", "first"), Ct);
        await Containers.EnsureAsync(await OrderAsync("stubborn", "second"), Ct);
        var memory = Fixture.Volatile;
        Assert.NotNull(memory);

        await Fixture.Containers!.RemoveAllAsync(Grace, Ct);
        await ReopenAsync();
        await Fixture.Containers!.RemoveAllAsync(Grace, Ct);

        IsClean();
        Assert.Null(Fixture.Volatile);
        Assert.False(Directory.Exists(memory));
        Assert.False(Directory.Exists(Path.Combine(Fixture.Root, "containers")));
    }

    private void IsClean()
    {
        Assert.Empty(Fixture.MountsInside());
        Assert.Empty(Fixture.Slots());
        Assert.Empty(Fixture.Groups);
        Assert.Empty(Files(Path.Combine(Fixture.Root, "containers")));
        Assert.Equal(Fixture.Volatile is null ? [] : ["epoch"], Files(Fixture.Volatile).Select(path => Path.GetFileName(path)));
    }

    private static IEnumerable<string> Files(string? folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [];

    private static bool HoldsSecret(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path)).Contains(Secret, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It is no process, or ended while we looked.
        }
    }
}

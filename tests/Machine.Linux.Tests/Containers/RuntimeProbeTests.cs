using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Processes;
using Xunit;

namespace Provision.Machine.Linux.Tests.Containers;

/// <summary>Which runtime makes containers here.</summary>
public sealed class RuntimeProbeTests : IDisposable
{
    private readonly TemporaryFolder temporary = TemporaryFolder.OfRoot();
    private readonly Places places;
    private readonly RuntimeProbe probe;

    public RuntimeProbeTests()
    {
        places = new Places(temporary.Root);
        VolatileFolder.Make(places);
        probe = new RuntimeProbe(places, new Commands(TimeProvider.System));
    }

    public void Dispose()
    {
        VolatileFolder.Remove(places);
        temporary.Dispose();
    }

    [Fact]
    public async Task The_one_that_every_machine_has_works() => Assert.True(await probe.WorksAsync(Programs.Runc));

    [Fact]
    public async Task What_the_trial_of_a_killed_daemon_makes_late_is_in_nobodys_way()
    {
        Directory.CreateDirectory(Path.Combine(places.Volatile, "probe", "rootfs", "proc"));
        Directory.CreateDirectory(Path.Combine(places.Volatile, "probe", "rootfs", "dev"));

        Assert.True(await probe.WorksAsync(Programs.Runc));
        Assert.False(Directory.Exists(Path.Combine(places.Volatile, "probe")));
    }

    [Fact]
    public async Task What_is_no_runtime_does_not_work_and_leaves_nothing()
    {
        Assert.False(await probe.WorksAsync(Programs.Nft));
        Assert.False(Directory.Exists(Path.Combine(places.Volatile, "probe")));
        Assert.DoesNotContain(
            File.ReadLines("/proc/self/mountinfo"), line => line.Contains(places.Volatile + "/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_fast_one_is_used_exactly_where_it_works() => Assert.Equal(
        await probe.WorksAsync(Programs.Crun) ? Programs.Crun : Programs.Runc,
        await probe.ChooseAsync());
}

using Provision.Machine.Processes;
using Provision.Machine.Simulated.Faults;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Faults;

public sealed class CrashPointTests
{
    private static readonly VolumeName Name = new(Machines.PoolName, Digest.Of("owner"u8));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_point_it_counts_the_effects_and_nothing_else()
    {
        var counting = new CrashPoint();

        await RunAsync(new ObservedMachine(Machines.New(), counting));

        Assert.Equal(
            [
                "disk append a", "disk flush a", "disk truncate a", "disk rename a",
                $"storage ensure {Name}", $"storage remove {Name}", "processes ensure p", "processes remove p",
            ],
            counting.Seen);
        Assert.Equal(8, counting.Count);
        Assert.False(counting.Crashed);
    }

    [Theory]
    [InlineData(CrashMoment.Before)]
    [InlineData(CrashMoment.After)]
    public async Task Every_effect_can_be_crashed_on_either_side(CrashMoment moment)
    {
        for (var at = 1; at <= 8; at++)
        {
            var crash = new CrashPoint(at, moment);

            await Assert.ThrowsAsync<CrashException>(() => RunAsync(new ObservedMachine(Machines.New(), crash)));

            Assert.True(crash.Crashed);
            Assert.Equal(at, crash.Count);
            Assert.Equal(crash.Seen[^1], crash.CrashedAt!.ToString());
        }
    }

    [Theory]
    [InlineData(CrashMoment.Before, 0)]
    [InlineData(CrashMoment.After, 1)]
    public async Task The_effect_happened_only_when_the_crash_came_after_it(CrashMoment moment, int volumes)
    {
        var machine = Machines.New();
        var observed = new ObservedMachine(machine, new CrashPoint(1, moment));

        await Assert.ThrowsAsync<CrashException>(async () => await observed.Storage.EnsureVolumeAsync(Name, new ByteSize(1), Ct));

        Assert.Equal(volumes, (await machine.Storage.ListVolumesAsync(Ct)).Count);
    }

    [Fact]
    public async Task A_dead_daemon_makes_no_call_not_even_to_look()
    {
        var observed = new ObservedMachine(Machines.New(), new CrashPoint(1));
        await Assert.ThrowsAsync<CrashException>(async () => await observed.Disk.AppendAsync("a", new byte[1], Ct));

        await Assert.ThrowsAsync<CrashException>(async () => await observed.Disk.ListAsync(Ct));
        await Assert.ThrowsAsync<CrashException>(async () => await observed.Storage.ListVolumesAsync(Ct));
        await Assert.ThrowsAsync<CrashException>(async () => await observed.Processes.ListAsync(Ct));
    }

    private static async Task RunAsync(ObservedMachine machine)
    {
        await machine.Disk.AppendAsync("a", new byte[2], Ct);
        await machine.Disk.ListAsync(Ct);
        await machine.Disk.FlushAsync("a", Ct);
        await machine.Disk.ReadAsync("a", Ct);
        await machine.Disk.TruncateAsync("a", 1, Ct);
        await machine.Disk.RenameAsync("a", "b", Ct);
        await machine.Disk.FreeAsync(Ct);
        await machine.Storage.ListPoolsAsync(Ct);
        await machine.Storage.EnsureVolumeAsync(Name, new ByteSize(1), Ct);
        await machine.Storage.ListVolumesAsync(Ct);
        await machine.Storage.RemoveVolumeAsync(Name, Ct);
        await machine.Processes.EnsureAsync(new ProcessOrder("p", "sleep", ["1"]), Ct);
        await machine.Processes.ListAsync(Ct);
        await machine.Processes.RemoveAsync("p", TimeSpan.Zero, Ct);
    }
}

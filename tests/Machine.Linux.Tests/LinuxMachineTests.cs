using Provision.Machine.Conformance;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Processes;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Machine.Linux.Tests;

public sealed class LinuxMachineTests : IDisposable
{
    private readonly TemporaryFolder temporary = TemporaryFolder.OfRoot();

    private static readonly KeyPair Key = KeyPair.Create();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task What_runs_and_what_is_stored_outlives_the_daemon_and_removal_takes_all_of_it()
    {
        var options = Options("one");
        var name = new VolumeName("ssd", Digest.Of("owner"u8));
        RunningProcess process;
        using (var machine = await LinuxMachine.OpenAsync(options, Key, Ct))
        {
            await machine.Disk.AppendAsync("journal", new byte[1], Ct);
            await machine.Storage.EnsureVolumeAsync(name, new ByteSize(16 << 20), Ct);
            process = await machine.Processes.EnsureAsync(new ProcessOrder("sleeper", "sleep", ["600"]), Ct);
        }

        using (var machine = await LinuxMachine.OpenAsync(options, Key, Ct))
        {
            Assert.Equal(["journal"], await machine.Disk.ListAsync(Ct));
            Assert.Equal(name, Assert.Single(await machine.Storage.ListVolumesAsync(Ct)).Name);
            Assert.Equal([process], await machine.Processes.ListAsync(Ct));
        }

        await LinuxMachine.RemoveAsync(options, TimeSpan.FromSeconds(10), Ct);
        await LinuxMachine.RemoveAsync(options, TimeSpan.FromSeconds(10), Ct);

        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Root));
        Assert.Empty(Tool.TracesOf(temporary.Root));
        Assert.False(Directory.Exists($"/proc/{process.Id}"));
    }

    [Fact]
    public async Task Two_instances_side_by_side_do_not_meet()
    {
        using var one = await LinuxMachine.OpenAsync(Options("one"), Key, Ct);
        using (var two = await LinuxMachine.OpenAsync(Options("two"), Key, Ct))
        {
            var name = new VolumeName("ssd", Digest.Of("owner"u8));
            await one.Storage.EnsureVolumeAsync(name, new ByteSize(16 << 20), Ct);
            await one.Disk.AppendAsync("journal", new byte[1], Ct);

            Assert.Empty(await two.Storage.ListVolumesAsync(Ct));
            Assert.Empty(await two.Disk.ListAsync(Ct));
        }

        await LinuxMachine.RemoveAsync(Options("two"), TimeSpan.Zero, Ct);

        Assert.Single(await one.Storage.ListVolumesAsync(Ct));
    }

    [Fact]
    public async Task One_root_has_one_daemon()
    {
        using var machine = await LinuxMachine.OpenAsync(Options("one"), Key, Ct);

        await Throws.FaultAsync(FaultCode.Conflict, () => LinuxMachine.OpenAsync(Options("one"), Key, Ct).AsTask());
        await Throws.FaultAsync(FaultCode.Conflict, () => LinuxMachine.RemoveAsync(Options("one"), TimeSpan.Zero, Ct).AsTask());
        Assert.Single(await machine.Storage.ListPoolsAsync(Ct));
    }

    private LinuxMachineOptions Options(string instance) => new(
        temporary.Of(instance),
        [new PoolOptions("ssd", DiskType.Ssd) { LoopFile = new LoopFile(temporary.Of(instance + ".btrfs"), PoolOptions.LoopFileSizeMin) }]);
}

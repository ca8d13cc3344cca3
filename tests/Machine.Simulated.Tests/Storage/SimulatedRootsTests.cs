using Provision.Machine.Conformance.Images;
using Provision.Machine.Conformance.Storage;
using Provision.Machine.Simulated.Tests.Images;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Storage;

public sealed class SimulatedRootsTests : RootsConformance
{
    private readonly SimulatedMachine machine = Machines.New();

    protected override IStorage Storage => machine.Storage;

    protected override string PoolName => Machines.PoolName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected override ValueTask<IStorage> ReopenAsync() => ValueTask.FromResult<IStorage>(machine.Storage);

    protected override ValueTask<Digest> PutImageAsync(TestImage image) => TestImages.UnpackAsync(machine, image);

    protected override ValueTask<bool> TryWriteAsync(VolumeName name, string file, ByteSize size)
    {
        try
        {
            machine.Storage.WriteFile(name, file, size);
            return ValueTask.FromResult(true);
        }
        catch (FaultException e) when (e.Fault.Code == FaultCode.OutOfCapacity)
        {
            return ValueTask.FromResult(false);
        }
    }

    protected override ByteSize? SizeOf(VolumeName name, string file) => machine.Storage.ReadFile(name, file);

    [Fact]
    public async Task A_power_failure_leaves_roots_and_what_was_written_to_them()
    {
        var name = new VolumeName(PoolName, Digest.Of("owner"u8));
        await Storage.EnsureRootAsync(name, await PutImageAsync(TestImage.Of("image", "file", 7)), MiB(1), Ct);
        machine.Storage.WriteFile(name, "own", new ByteSize(3));

        machine.PowerFailure(new Random(1));

        Assert.Equal((new ByteSize(7), new ByteSize(3)), (SizeOf(name, "file"), SizeOf(name, "own")));
        Assert.Equal(MiB(1), Assert.Single(await Storage.ListVolumesAsync(Ct)).Limit);
    }
}

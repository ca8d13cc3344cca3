using Provision.Machine.Conformance.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Tests.Storage;

public sealed class SimulatedStorageTests : StorageConformance
{
    private readonly SimulatedMachine machine = Machines.New();

    protected override IStorage Storage => machine.Storage;

    protected override string PoolName => Machines.PoolName;

    protected override ValueTask<IStorage> ReopenAsync() => ValueTask.FromResult<IStorage>(machine.Storage);

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

    protected override async ValueTask MakeWithoutLimitAsync(VolumeName name)
    {
        await machine.Storage.EnsureVolumeAsync(name, MiB(1), default);
        machine.Storage.LoseLimit(name);
    }
}

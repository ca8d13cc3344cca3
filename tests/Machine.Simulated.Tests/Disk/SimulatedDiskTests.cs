using Provision.Machine.Conformance.Disk;
using Provision.Machine.Disk;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Tests.Disk;

public sealed class SimulatedDiskTests : DiskConformance
{
    private readonly SimulatedMachine machine = Machines.New();

    protected override IDisk Disk => machine.Disk;

    protected override IDisk Reopen() => machine.Disk;

    protected override IDisk WithRoomFor(int bytes)
    {
        machine.Disk.Capacity = new ByteSize(bytes);
        return machine.Disk;
    }
}

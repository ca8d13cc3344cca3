using Provision.Machine.Conformance;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Tests;

public sealed class SimulatedAbilityTests : AbilityConformance
{
    protected override ValueTask<IMachine> OpenAsync(params IReadOnlyList<Ability> without)
    {
        var pool = new Pool(Machines.PoolName, DiskType.Ssd, new ByteSize(256 << 20), ByteSize.Zero);
        var machine = new SimulatedMachine(new TickingTime(), without.Contains(Ability.Volumes) ? [] : [pool]);
        foreach (var ability in without)
        {
            machine.Lacking[ability] = new Fault(FaultCode.Unavailable, "A program is not installed", "Install it.");
        }

        return ValueTask.FromResult<IMachine>(machine);
    }
}

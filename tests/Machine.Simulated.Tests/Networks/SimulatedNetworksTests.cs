using Provision.Machine.Conformance.Images;
using Provision.Machine.Conformance.Networks;
using Provision.Machine.Containers;
using Provision.Machine.Networks;
using Provision.Machine.Simulated.Tests.Images;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Tests.Networks;

public sealed class SimulatedNetworksTests : NetworksConformance
{
    private readonly SimulatedMachine machine = Machines.New();

    protected override INetworks Networks => machine.Networks;

    protected override IContainers Containers => machine.Containers;

    protected override IStorage Storage => machine.Storage;

    protected override string PoolName => Machines.PoolName;

    protected override ValueTask<Digest> PutImageAsync(TestImage image) => TestImages.UnpackAsync(machine, image);

    protected override ValueTask ReopenAsync()
    {
        machine.DaemonDies();
        return ValueTask.CompletedTask;
    }

    protected override ValueTask RebootAsync()
    {
        machine.PowerFailure(new Random(1));
        return ValueTask.CompletedTask;
    }

    protected override ValueTask KillSupervisorAsync(Digest owner) => throw new InvalidOperationException("No network needs it.");

    protected override ValueTask DamageAsync(Damage damage, MemberOrder member) =>
        throw new InvalidOperationException("What is remembered needs none.");

    protected override ByteSize? SizeOf(VolumeName name, string file) => machine.Storage.ReadFile(name, file);
}

using Provision.Machine.Conformance.Containers;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Conformance.Networks;
using Provision.Machine.Containers;
using Provision.Machine.Networks;
using Provision.Machine.Simulated.Tests.Images;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Tests;

/// <summary>A simulated machine for suites of containers and networks.</summary>
internal sealed class SimulatedTestMachine(SimulatedMachine machine) : ITestMachine
{
    public IContainers Containers => machine.Containers;

    public INetworks Networks => machine.Networks;

    public IStorage Storage => machine.Storage;

    public string PoolName => Machines.PoolName;

    public ValueTask<Digest> PutImageAsync(TestImage image) => TestImages.UnpackAsync(machine, image);

    public ValueTask ReopenAsync()
    {
        machine.DaemonDies();
        return ValueTask.CompletedTask;
    }

    public ValueTask RebootAsync()
    {
        machine.PowerFailure(new Random(1));
        return ValueTask.CompletedTask;
    }

    public ValueTask KillSupervisorAsync(Digest owner)
    {
        machine.Containers.KillSupervisor(owner);
        return ValueTask.CompletedTask;
    }

    public ValueTask DamageAsync(Damage damage, MemberOrder member)
    {
        switch (damage)
        {
            case Damage.NetworkNamespace:
                machine.Networks.RemoveNamespace(member.Network);
                break;
            case Damage.Rules:
                machine.Networks.RemoveRules(member.Network);
                break;
            case Damage.MemberNamespace:
                machine.Networks.RemoveNamespace(member.Owner);
                break;
            case Damage.MemberLink:
                machine.Networks.RemoveLink(member.Owner);
                break;
            default:
                machine.Networks.RemoveAddress(member.Owner, member.Addresses[0]);
                break;
        }

        return ValueTask.CompletedTask;
    }

    public ByteSize? SizeOf(VolumeName name, string file) => machine.Storage.ReadFile(name, file);
}

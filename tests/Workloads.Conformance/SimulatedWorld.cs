using Provision.Machine;
using Provision.Machine.Simulated;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Workloads.Conformance;

/// <summary>
/// A simulated machine, on which a crash is the death of the daemon alone,
/// or a power failure that takes what was not flushed.
/// </summary>
public sealed class SimulatedWorld : CrashWorld
{
    private readonly bool powerFails;
    private readonly Random random;
    private readonly SimulatedMachine machine;

    /// <summary>A machine with one pool of each type, 10 GiB.</summary>
    public SimulatedWorld(bool powerFails, int seed = 1)
    {
        this.powerFails = powerFails;
        random = new Random(seed);
        machine = new SimulatedMachine(Time, Pools, new Random(seed));
    }

    /// <summary>The pools of the machine.</summary>
    public static IReadOnlyList<Pool> Pools { get; } =
    [
        new("flash", DiskType.Ssd, ByteSize.GiB(10), ByteSize.Zero),
        new("spin", DiskType.Hdd, ByteSize.GiB(10), ByteSize.Zero),
    ];

    /// <inheritdoc/>
    public override IMachine Machine => machine;

    /// <summary>The same, with the verbs that only a simulated machine has.</summary>
    public SimulatedMachine Simulated => machine;

    /// <inheritdoc/>
    public override void Die()
    {
        if (powerFails)
        {
            machine.PowerFailure(random);
        }
    }
}

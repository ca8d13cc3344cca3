using Provision.Machine.Clock;
using Provision.Machine.Containers;
using Provision.Machine.Disk;
using Provision.Machine.Images;
using Provision.Machine.Keys;
using Provision.Machine.Networks;
using Provision.Machine.Processes;
using Provision.Machine.Simulated.Clock;
using Provision.Machine.Simulated.Containers;
using Provision.Machine.Simulated.Disk;
using Provision.Machine.Simulated.Images;
using Provision.Machine.Simulated.Networks;
using Provision.Machine.Simulated.Processes;
using Provision.Machine.Simulated.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Machine.Simulated;

/// <summary>
/// A Linux box in memory: deterministic, on the caller's thread, every verb done when it returns. It keeps what a real one keeps and
/// loses what a real one loses. Nothing here belongs to the daemon but the ends of containers that it was not told of yet.
/// Not safe for several threads at once.
/// </summary>
public sealed class SimulatedMachine : IMachine
{
    /// <summary>A machine that has just booted.</summary>
    /// <param name="time">Gives wall time, monotonic time and timers.</param>
    /// <param name="pools">Its pools; what they hold already (<see cref="Pool.Used"/>) must be nothing.</param>
    /// <param name="random">Makes boot ids; null: the same ids in every run.</param>
    /// <param name="key">The node's key; null: one of its own.</param>
    public SimulatedMachine(TimeProvider time, IReadOnlyList<Pool> pools, Random? random = null, KeyPair? key = null)
    {
        Keys = new NodeKeys(key ?? KeyPair.Create());
        Clock = new SimulatedClock(time, random ?? new Random(0));
        Storage = new SimulatedStorage(pools);
        Images = new SimulatedImages(Storage, Clock);
        Containers = new SimulatedContainers(Storage, Networks);
        Processes = new SimulatedProcesses(Clock);
    }

    /// <inheritdoc cref="IMachine.Disk"/>
    public SimulatedDisk Disk { get; } = new();

    /// <inheritdoc cref="IMachine.Storage"/>
    public SimulatedStorage Storage { get; }

    /// <inheritdoc cref="IMachine.Images"/>
    public SimulatedImages Images { get; }

    /// <inheritdoc cref="IMachine.Networks"/>
    public SimulatedNetworks Networks { get; } = new();

    /// <inheritdoc cref="IMachine.Containers"/>
    public SimulatedContainers Containers { get; }

    /// <inheritdoc/>
    public IKeys Keys { get; }

    /// <inheritdoc/>
    public MachineSize Size { get; init; } = new(8, ByteSize.GiB(32));

    /// <inheritdoc cref="IMachine.Processes"/>
    public SimulatedProcesses Processes { get; }

    /// <inheritdoc cref="IMachine.Clock"/>
    public SimulatedClock Clock { get; }

    /// <summary>What it cannot do from the next daemon on; empty: a whole machine.</summary>
    public Dictionary<Ability, Fault> Lacking { get; } = [];

    IReadOnlyDictionary<Ability, Fault> IMachine.Lacking => Lacking;

    IDisk IMachine.Disk => Disk;

    IStorage IMachine.Storage => Storage;

    IImages IMachine.Images => Images;

    INetworks IMachine.Networks => Networks;

    IContainers IMachine.Containers => Containers;

    IProcesses IMachine.Processes => Processes;

    IMachineClock IMachine.Clock => Clock;

    /// <summary>
    /// The power goes and comes back: bytes that were not flushed are lost or torn at a byte that <paramref name="random"/> chooses,
    /// processes and containers end, networks are whole no more, and a new boot begins. Volumes, roots, images and what they hold stay.
    /// </summary>
    public void PowerFailure(Random random)
    {
        Disk.PowerFailure(random);
        Processes.EndAll();
        Containers.Reboot();
        Networks.Reboot();
        Clock.Reboot();
    }

    /// <summary>The daemon dies, and nothing else: the next one is not told what it was not told.</summary>
    public void DaemonDies() => Containers.Forget();
}

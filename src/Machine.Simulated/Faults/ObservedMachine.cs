using Provision.Machine.Clock;
using Provision.Machine.Containers;
using Provision.Machine.Disk;
using Provision.Machine.Images;
using Provision.Machine.Keys;
using Provision.Machine.Networks;
using Provision.Machine.Processes;
using Provision.Machine.Storage;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Faults;

/// <summary>Any machine, simulated or real, with an observer at each of its calls but those of the clock and the keys.</summary>
public sealed class ObservedMachine(IMachine inner, IMachineObserver observer) : IMachine
{
    /// <inheritdoc/>
    public IDisk Disk { get; } = new ObservedDisk(inner.Disk, new Observation(observer, "disk"));

    /// <inheritdoc/>
    public IStorage Storage { get; } = new ObservedStorage(inner.Storage, new Observation(observer, "storage"));

    /// <inheritdoc/>
    public IImages Images { get; } = new ObservedImages(inner.Images, new Observation(observer, "images"));

    /// <inheritdoc/>
    public INetworks Networks { get; } = new ObservedNetworks(inner.Networks, new Observation(observer, "networks"));

    /// <inheritdoc/>
    public IContainers Containers { get; } = new ObservedContainers(inner.Containers, new Observation(observer, "containers"));

    /// <inheritdoc/>
    public IKeys Keys => inner.Keys;

    /// <inheritdoc/>
    public MachineSize Size => inner.Size;

    /// <inheritdoc/>
    public IProcesses Processes { get; } = new ObservedProcesses(inner.Processes, new Observation(observer, "processes"));

    /// <inheritdoc/>
    public IMachineClock Clock => inner.Clock;

    /// <inheritdoc/>
    public IReadOnlyDictionary<Ability, Fault> Lacking => inner.Lacking;
}

using Provision.Machine.Clock;
using Provision.Machine.Disk;
using Provision.Machine.Processes;
using Provision.Machine.Storage;

namespace Provision.Machine.Simulated.Faults;

/// <summary>Any machine, simulated or real, with an observer at each of its calls but those of the clock.</summary>
public sealed class ObservedMachine(IMachine inner, IMachineObserver observer) : IMachine
{
    /// <inheritdoc/>
    public IDisk Disk { get; } = new ObservedDisk(inner.Disk, new Observation(observer, "disk"));

    /// <inheritdoc/>
    public IStorage Storage { get; } = new ObservedStorage(inner.Storage, new Observation(observer, "storage"));

    /// <inheritdoc/>
    public IProcesses Processes { get; } = new ObservedProcesses(inner.Processes, new Observation(observer, "processes"));

    /// <inheritdoc/>
    public IMachineClock Clock => inner.Clock;
}

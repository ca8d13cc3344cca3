using Provision.Machine.Clock;
using Provision.Machine.Containers;
using Provision.Machine.Disk;
using Provision.Machine.Images;
using Provision.Machine.Keys;
using Provision.Machine.Networks;
using Provision.Machine.Processes;
using Provision.Machine.Storage;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated;

/// <summary>A machine some of whose parts are another's, such as a simulated one with a real disk.</summary>
public sealed class ComposedMachine(IMachine inner) : IMachine
{
    /// <inheritdoc/>
    public IDisk Disk { get; init; } = inner.Disk;

    /// <inheritdoc/>
    public IStorage Storage { get; init; } = inner.Storage;

    /// <inheritdoc/>
    public IImages Images { get; init; } = inner.Images;

    /// <inheritdoc/>
    public INetworks Networks { get; init; } = inner.Networks;

    /// <inheritdoc/>
    public IContainers Containers { get; init; } = inner.Containers;

    /// <inheritdoc/>
    public IKeys Keys { get; init; } = inner.Keys;

    /// <inheritdoc/>
    public MachineSize Size { get; init; } = inner.Size;

    /// <inheritdoc/>
    public IProcesses Processes { get; init; } = inner.Processes;

    /// <inheritdoc/>
    public IMachineClock Clock { get; init; } = inner.Clock;

    /// <inheritdoc/>
    public IReadOnlyDictionary<Ability, Fault> Lacking { get; init; } = inner.Lacking;
}

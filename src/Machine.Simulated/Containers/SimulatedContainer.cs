using Provision.Machine.Containers;

namespace Provision.Machine.Simulated.Containers;

/// <summary>A container, with what it was started with last.</summary>
internal sealed class SimulatedContainer(ContainerOrder order)
{
    public ContainerOrder Order { get; set; } = order;

    /// <summary>How it ended; null while it runs.</summary>
    public ContainerEnd? End { get; set; }

    public int Restarts { get; set; }

    public Container Show() => new(Order.Owner, End, Restarts);
}

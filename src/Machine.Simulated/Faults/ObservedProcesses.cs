using Provision.Machine.Processes;

namespace Provision.Machine.Simulated.Faults;

internal sealed class ObservedProcesses(IProcesses inner, Observation observation) : IProcesses
{
    public ValueTask<RunningProcess> EnsureAsync(ProcessOrder order, CancellationToken ct) =>
        observation.Effect("ensure", order.Name, () => inner.EnsureAsync(order, ct));

    public ValueTask RemoveAsync(string name, TimeSpan grace, CancellationToken ct) =>
        observation.Effect("remove", name, () => inner.RemoveAsync(name, grace, ct));

    public ValueTask<IReadOnlyList<RunningProcess>> ListAsync(CancellationToken ct) =>
        observation.Look("list", "", () => inner.ListAsync(ct));
}

using Provision.Machine.Containers;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Faults;

internal sealed class ObservedContainers(IContainers inner, Observation observation) : IContainers
{
    public ValueTask<Container> EnsureAsync(ContainerOrder order, CancellationToken ct) =>
        observation.Effect("ensure", order.Owner.ToString(), () => inner.EnsureAsync(order, ct));

    public ValueTask RemoveAsync(Digest owner, TimeSpan grace, CancellationToken ct) =>
        observation.Effect("remove", owner.ToString(), () => inner.RemoveAsync(owner, grace, ct));

    public ValueTask<Container?> FindAsync(Digest owner, CancellationToken ct) =>
        observation.Look("find", owner.ToString(), () => inner.FindAsync(owner, ct));

    public ValueTask<IReadOnlyList<Container>> ListAsync(CancellationToken ct) =>
        observation.Look("list", "", () => inner.ListAsync(ct));

    // Not announced: it is a wait, and ends without an effect whenever the machine likes.
    public ValueTask<Digest> NextEndAsync(CancellationToken ct) => inner.NextEndAsync(ct);
}

using Provision.Machine.Networks;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Faults;

internal sealed class ObservedNetworks(INetworks inner, Observation observation) : INetworks
{
    public ValueTask EnsureAsync(NetworkOrder order, CancellationToken ct) =>
        observation.Effect("ensure", $"{order.Network}/{order.Holder}", () => inner.EnsureAsync(order, ct));

    public ValueTask ReleaseAsync(NetworkId network, Digest holder, CancellationToken ct) =>
        observation.Effect("release", $"{network}/{holder}", () => inner.ReleaseAsync(network, holder, ct));

    public ValueTask JoinAsync(MemberOrder order, CancellationToken ct) =>
        observation.Effect("join", $"{order.Network}/{order.Owner}", () => inner.JoinAsync(order, ct));

    public ValueTask LeaveAsync(NetworkId network, Digest owner, CancellationToken ct) =>
        observation.Effect("leave", $"{network}/{owner}", () => inner.LeaveAsync(network, owner, ct));

    public ValueTask<IReadOnlyList<Network>> ListAsync(CancellationToken ct) =>
        observation.Look("list", "", () => inner.ListAsync(ct));

    public ValueTask<MendResult> MendAsync(CancellationToken ct) =>
        observation.Effect("mend", "", () => inner.MendAsync(ct));
}

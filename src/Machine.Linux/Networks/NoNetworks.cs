using Provision.Machine.Networks;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Networks;

/// <summary>A machine that can make no networks.</summary>
internal sealed class NoNetworks : INetworks
{
    public ValueTask EnsureAsync(NetworkOrder order, CancellationToken ct) => throw Refusal();

    public ValueTask ReleaseAsync(NetworkId network, Digest holder, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask JoinAsync(MemberOrder order, CancellationToken ct) => throw Refusal();

    public ValueTask LeaveAsync(NetworkId network, Digest owner, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<Network>> ListAsync(CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<Network>>([]);

    public ValueTask<IReadOnlyList<string>> MendAsync(CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<string>>([]);

    private static FaultException Refusal() =>
        new(FaultCode.Unavailable, "This machine cannot make networks", "Use a version of provisiond that can.");
}

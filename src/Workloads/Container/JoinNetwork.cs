using System.Net;
using System.Text.Json.Serialization;
using Provision.Machine;
using Provision.Machine.Networks;
using Provision.Reservations;

namespace Provision.Workloads.Container;

/// <summary>The container is a member of a network with these addresses: each IPv4 address, then the IPv6 address beside it.</summary>
public sealed record JoinNetwork(string Owner, string Network, IReadOnlyList<string> Addresses) : ContainerStep(Owner)
{
    /// <inheritdoc/>
    public override ValueTask DoAsync(IMachine machine, CancellationToken ct) =>
        machine.Networks.JoinAsync(new MemberOrder(Order, Id, [.. Addresses.Select(IPAddress.Parse)]), ct);

    /// <inheritdoc/>
    public override ValueTask UndoAsync(IMachine machine, CancellationToken ct) => machine.Networks.LeaveAsync(Id, Order, ct);

    [JsonIgnore]
    private NetworkId Id => NetworkId.TryParse(Network, out var network) ? network : throw Damaged(Network);
}

using Provision.Machine.Networks;
using Provision.Reservations;

namespace Provision.Machine.Linux.Networks;

/// <summary>A network as its records have it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Holders">The orders that hold it, newest first.</param>
/// <param name="Members">What is in it, by owner.</param>
internal sealed record NetworkState(NetworkId Id, IReadOnlyList<NetworkOrder> Holders, IReadOnlyList<MemberOrder> Members)
{
    /// <summary>The order that says how it is; null when there is none, which a crash can leave.</summary>
    public NetworkOrder? Newest => Holders.Count == 0 ? null : Holders[0];

    /// <summary>True when there is nothing of it.</summary>
    public bool IsGone => Holders.Count == 0 && Members.Count == 0;

    /// <summary>The same, held by this order, too, and as it says now.</summary>
    public NetworkState With(NetworkOrder order) =>
        this with { Holders = Sort(Holders.Where(other => other.Holder != order.Holder).Append(order)) };

    /// <summary>The same, not held by this order.</summary>
    public NetworkState Without(Digest holder) => this with { Holders = Sort(Holders.Where(other => other.Holder != holder)) };

    /// <summary>What others are told of it; null while nobody holds it.</summary>
    public Network? ToNetwork() => Newest is not { } newest ? null
        : new Network(Id, newest.Subnet, newest.Gateway, [.. Holders.Select(order => order.Holder)], Members);

    /// <summary>Of several holders the newest comes first.</summary>
    public static IReadOnlyList<NetworkOrder> Sort(IEnumerable<NetworkOrder> holders) =>
    [
        .. holders.OrderByDescending(order => order.Version)
            .ThenByDescending(order => order.Holder.ToString(), StringComparer.Ordinal),
    ];
}

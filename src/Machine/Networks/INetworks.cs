using Provision.Reservations;

namespace Provision.Machine.Networks;

/// <summary>
/// Private networks: each has its own addresses, a gateway, a way to the outside and name service (<see cref="NameServer"/>); nobody
/// outside of it can begin to talk to what is in it, and nothing in it can reach other networks, the machine's own services, or the
/// machine's neighbours, unless whoever runs the machine allows it. Networks outlive the daemon. What a user wants of one may come in
/// several orders: all of them hold it, and the newest says how it is.
/// </summary>
public interface INetworks
{
    /// <summary>
    /// Has the network held by this order, and makes it as the newest of its holders says, whole and without disturbing what is in it.
    /// <c>Conflict</c>: a member has an address that the newest holder's subnet has no room for; then the holders are as they were.
    /// <c>Unavailable</c>: not now.
    /// </summary>
    ValueTask EnsureAsync(NetworkOrder order, CancellationToken ct);

    /// <summary>
    /// The order does not hold the network any more: from now on it is as the newest of the others says, and gone when there is none.
    /// Not held by it, or no such network: nothing to do. <c>Conflict</c>: the network has members, and it is the last holder, or the
    /// newest of the others has no room for an address of theirs; then the holders are as they were.
    /// </summary>
    ValueTask ReleaseAsync(NetworkId network, Digest holder, CancellationToken ct);

    /// <summary>
    /// Makes the container a member with these addresses, whether it runs or not; a member that has other addresses gets these. The
    /// network is made whole when it is not. <c>NotFound</c>: nobody holds such a network. <c>Conflict</c>: an address is another
    /// member's, or the gateway's, or the container is a member of another network. <c>Invalid</c>: an address is not one that a member
    /// of the network's subnet can have, or there is none of IPv4. <c>Unavailable</c>: not now.
    /// </summary>
    ValueTask JoinAsync(MemberOrder order, CancellationToken ct);

    /// <summary>
    /// The container is no member any more, and what was made for it is gone. It must not run. Not a member, or no such network: nothing
    /// to do.
    /// </summary>
    ValueTask LeaveAsync(NetworkId network, Digest owner, CancellationToken ct);

    /// <summary>
    /// All networks that are held, by id. One whose records cannot be read is left out, with all that is its own: what is not listed may
    /// be there. <see cref="MendAsync"/> tells of it.
    /// </summary>
    ValueTask<IReadOnlyList<Network>> ListAsync(CancellationToken ct);

    /// <summary>
    /// Looks at all networks and members, and makes whole again what somebody else has changed or taken away: links, namespaces,
    /// addresses, routes, rules. What cannot be mended, or cannot be read, keeps nothing else from being mended, and is tried again by
    /// the next call. What is not ours is never touched. Containers that run go on running. <c>Unavailable</c>: nobody could look.
    /// </summary>
    ValueTask<MendResult> MendAsync(CancellationToken ct);
}

using Provision.Reservations;

namespace Provision.Machine.Containers;

/// <summary>
/// Containers: programs of strangers in a root of their own, which they cannot leave and which they share with nobody. They outlive the
/// daemon, and a new one finds them again. The machine never starts one by itself: whoever wants it to go on calls
/// <see cref="EnsureAsync"/> again.
/// </summary>
public interface IContainers
{
    /// <summary>
    /// Starts the container unless it runs; one that ended is started again and counted. Returns once its program was started.
    /// <c>Invalid</c>: what was ordered cannot run: no such program in the root, no such user, a mount point that is none
    /// (<see cref="VolumeMount.Target"/>), lies in another, or is or passes through a link or something else that is no folder.
    /// <c>NotFound</c>: no such root or volume, or no namespace of a member of that network for this owner. <c>Unavailable</c>: not now.
    /// After a fault nothing is left of one that was not listed before, and one that was listed is as it was.
    /// </summary>
    ValueTask<Container> EnsureAsync(ContainerOrder order, CancellationToken ct);

    /// <summary>
    /// Ends the container: TERM to its first process, KILL to all of it after <paramref name="grace"/>; returns when nothing of it is
    /// left, its log included. Its root and its volumes stay. No such container: nothing to do.
    /// </summary>
    ValueTask RemoveAsync(Digest owner, TimeSpan grace, CancellationToken ct);

    /// <summary>One container that was made and not removed; null: there is none. It costs the same however many there are.</summary>
    ValueTask<Container?> FindAsync(Digest owner, CancellationToken ct);

    /// <summary>All containers that were made and not removed, by owner, those that ended included.</summary>
    ValueTask<IReadOnlyList<Container>> ListAsync(CancellationToken ct);

    /// <summary>
    /// The owner of a container that ended by itself, as soon as one does; each end once. Ends from before this daemon first looked
    /// (<see cref="FindAsync"/>, <see cref="ListAsync"/>, or this) are not told: who looks sees them. For one caller at a time; one that
    /// is cancelled loses no end.
    /// </summary>
    ValueTask<Digest> NextEndAsync(CancellationToken ct);
}

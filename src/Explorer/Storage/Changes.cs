using Provision.Reservations.Faults;

namespace Provision.Explorer.Storage;

/// <summary>A piece of a node's change sequence, read at one moment.</summary>
/// <param name="Last">The node's last change; 0 when there was none.</param>
/// <param name="Reservations">What changed, by its last change.</param>
/// <param name="Unreadable">What changed between and can no longer be read, by its last change: where it is, and what is wrong.</param>
public sealed record Changes(
    long Last, IReadOnlyList<StoredReservation> Reservations, IReadOnlyList<(long Change, Fault Fault)> Unreadable);

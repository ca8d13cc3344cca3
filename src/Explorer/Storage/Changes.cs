namespace Provision.Explorer.Storage;

/// <summary>A piece of a node's change sequence, read at one moment.</summary>
/// <param name="Last">The node's last change; 0 when there was none.</param>
/// <param name="Reservations">What changed, by its last change.</param>
public sealed record Changes(long Last, IReadOnlyList<StoredReservation> Reservations);

using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;
using Provision.Reservations.Signing;

namespace Provision.Explorer.Storage;

/// <summary>
/// What an explorer keeps. Every method that changes something is one transaction: when its task is done the change is durable, when it
/// throws nothing has changed. Readers see what was committed, never a part of a transaction. Faults: <see cref="FaultCode.Unavailable"/>
/// when the disk cannot serve now, <see cref="FaultCode.DataLoss"/> when what it holds is unreadable.
/// </summary>
public interface IStore
{
    /// <summary>Names this life of the database; made when the store was.</summary>
    string Epoch { get; }

    /// <summary>The reservation of this digest, or null.</summary>
    Task<StoredReservation?> FindReservationAsync(Digest digest, CancellationToken ct);

    /// <summary>The reservation of this alias, or null.</summary>
    Task<StoredReservation?> FindReservationAsync(ReservationId id, CancellationToken ct);

    /// <summary>The reservation that used this nonce, or null.</summary>
    Task<StoredReservation?> FindReservationAsync(UserId user, string nonce, CancellationToken ct);

    /// <summary>
    /// Reservations by alias, of this user and on this node where given, after this number; at most <paramref name="countMax"/>.
    /// </summary>
    Task<IReadOnlyList<StoredReservation>> ListReservationsAsync(
        UserId? user, NodeId? node, ulong after, int countMax, CancellationToken ct);

    /// <summary>
    /// Keeps a new reservation under the next alias and gives it the next change of its node. When <c>(user, nonce)</c> is taken nothing
    /// changes, and what is there is returned.
    /// </summary>
    Task<(StoredReservation Stored, bool Added)> AddReservationAsync(Verified<Reservation> order, CancellationToken ct);

    /// <summary>
    /// Keeps a follow-up at this position among those of its reservation, from 1, and moves the reservation to its node's next change.
    /// False, and nothing changed, when the position is not the next one: somebody else was faster.
    /// </summary>
    Task<bool> AddFollowUpAsync(Verified<FollowUp> order, int position, CancellationToken ct);

    /// <summary>
    /// The node's reservations whose last change is after this one, in order of change; at most <paramref name="countMax"/>, with those
    /// that cannot be read, which spoil no others, and of their orders at most <paramref name="sizeMax"/> bytes as JSON. The first one is
    /// read whatever its size.
    /// </summary>
    Task<Changes> ReadChangesAsync(NodeId node, long after, int countMax, int sizeMax, CancellationToken ct);

    /// <summary>Keeps the receipts whose sequence is free. Answers for each the hash of what is kept under its sequence now.</summary>
    Task<IReadOnlyList<Digest>> AddReceiptsAsync(NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct);

    /// <summary>The node's receipts after this sequence, in their order; at most <paramref name="countMax"/>.</summary>
    Task<IReadOnlyList<Receipt>> ListReceiptsAsync(NodeId node, long after, int countMax, CancellationToken ct);

    /// <summary>
    /// The last receipts about a reservation, in their order; at most <paramref name="countMax"/>, and with at most
    /// <paramref name="sizeMax"/> bytes of JSON in all, but the very last one whatever its size.
    /// </summary>
    Task<IReadOnlyList<Receipt>> ListReceiptsAsync(Digest reservation, int countMax, int sizeMax, CancellationToken ct);

    /// <summary>Keeps a node's registration unless the one that is there is as new.</summary>
    Task SaveNodeAsync(NodeRegistration node, CancellationToken ct);

    /// <summary>The registration of a node, or null.</summary>
    Task<NodeRegistration?> FindNodeAsync(NodeId node, CancellationToken ct);

    /// <summary>Nodes by the text of their id, after this text; at most <paramref name="countMax"/>.</summary>
    Task<IReadOnlyList<NodeRegistration>> ListNodesAsync(string after, int countMax, CancellationToken ct);

    /// <summary>Keeps a farm's registration unless the one that is there is as new.</summary>
    Task SaveFarmAsync(FarmRegistration farm, CancellationToken ct);

    /// <summary>Farms by the text of their id, after this text; at most <paramref name="countMax"/>.</summary>
    Task<IReadOnlyList<FarmRegistration>> ListFarmsAsync(string after, int countMax, CancellationToken ct);
}

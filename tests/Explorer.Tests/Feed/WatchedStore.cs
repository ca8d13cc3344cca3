using Provision.Explorer.Storage;
using Provision.Reservations;
using Provision.Reservations.Registration;
using Provision.Reservations.Signing;

namespace Provision.Explorer.Tests.Feed;

/// <summary>A store that counts what is read of changes and receipts, and reads changes only when it may.</summary>
internal sealed class WatchedStore(IStore inner) : IStore
{
    private int changesRead;
    private int receiptsRead;
    private int reading;

    /// <summary>How many reservations were loaded for feeds.</summary>
    public int ChangesRead => changesRead;

    /// <summary>How many receipts of nodes were loaded.</summary>
    public int ReceiptsRead => receiptsRead;

    /// <summary>How many read changes now.</summary>
    public int Reading => Volatile.Read(ref reading);

    /// <summary>Called before changes are read, with the place they are read from.</summary>
    public Func<long, Task> BeforeChanges { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called before receipts of a node are read, with the place they are read from.</summary>
    public Func<long, Task> BeforeReceipts { get; set; } = _ => Task.CompletedTask;

    public string Epoch => inner.Epoch;

    public async Task<Changes> ReadChangesAsync(NodeId node, long after, int countMax, int sizeMax, CancellationToken ct)
    {
        Interlocked.Increment(ref reading);
        try
        {
            await BeforeChanges(after);
            var changes = await inner.ReadChangesAsync(node, after, countMax, sizeMax, ct);
            Interlocked.Add(ref changesRead, changes.Reservations.Count);
            return changes;
        }
        finally
        {
            Interlocked.Decrement(ref reading);
        }
    }

    public async Task<IReadOnlyList<Receipt>> ListReceiptsAsync(NodeId node, long after, int countMax, CancellationToken ct)
    {
        await BeforeReceipts(after);
        var receipts = await inner.ListReceiptsAsync(node, after, countMax, ct);
        Interlocked.Add(ref receiptsRead, receipts.Count);
        return receipts;
    }

    public Task<StoredReservation?> FindReservationAsync(Digest digest, CancellationToken ct) => inner.FindReservationAsync(digest, ct);

    public Task<StoredReservation?> FindReservationAsync(ReservationId id, CancellationToken ct) => inner.FindReservationAsync(id, ct);

    public Task<StoredReservation?> FindReservationAsync(UserId user, string nonce, CancellationToken ct) =>
        inner.FindReservationAsync(user, nonce, ct);

    public Task<IReadOnlyList<StoredReservation>> ListReservationsAsync(
        UserId? user, NodeId? node, ulong after, int countMax, CancellationToken ct) =>
        inner.ListReservationsAsync(user, node, after, countMax, ct);

    public Task<(StoredReservation Stored, bool Added)> AddReservationAsync(Verified<Reservation> order, CancellationToken ct) =>
        inner.AddReservationAsync(order, ct);

    public Task<bool> AddFollowUpAsync(Verified<FollowUp> order, int position, CancellationToken ct) =>
        inner.AddFollowUpAsync(order, position, ct);

    public Task<IReadOnlyList<Digest>> AddReceiptsAsync(NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct) =>
        inner.AddReceiptsAsync(node, receipts, ct);

    public Task<IReadOnlyList<Receipt>> ListReceiptsAsync(Digest reservation, int countMax, int sizeMax, CancellationToken ct) =>
        inner.ListReceiptsAsync(reservation, countMax, sizeMax, ct);

    public Task SaveNodeAsync(NodeRegistration node, CancellationToken ct) => inner.SaveNodeAsync(node, ct);

    public Task<NodeRegistration?> FindNodeAsync(NodeId node, CancellationToken ct) => inner.FindNodeAsync(node, ct);

    public Task<IReadOnlyList<NodeRegistration>> ListNodesAsync(string after, int countMax, CancellationToken ct) =>
        inner.ListNodesAsync(after, countMax, ct);

    public Task SaveFarmAsync(FarmRegistration farm, CancellationToken ct) => inner.SaveFarmAsync(farm, ct);

    public Task<IReadOnlyList<FarmRegistration>> ListFarmsAsync(string after, int countMax, CancellationToken ct) =>
        inner.ListFarmsAsync(after, countMax, ct);
}

using System.Globalization;
using System.Text;
using Provision.Reservations;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Storage.Memory;

/// <summary>A store that lives as long as the object: for simulations and tests. Its tasks are done when they are returned.</summary>
/// <param name="epoch">The epoch; chosen by whoever must be able to repeat a run.</param>
public sealed class MemoryStore(string epoch) : IStore
{
    private readonly Lock gate = new();
    private readonly List<StoredReservation> reservations = [];
    private readonly Dictionary<Digest, int> byDigest = [];
    private readonly Dictionary<(UserId User, string Nonce), int> byNonce = [];
    private readonly Dictionary<NodeId, SortedDictionary<long, int>> feeds = [];
    private readonly Dictionary<NodeId, long> lastChanges = [];
    private readonly Dictionary<NodeId, SortedDictionary<long, Receipt>> receipts = [];
    private readonly SortedDictionary<string, NodeRegistration> nodes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, FarmRegistration> farms = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Epoch { get; } = epoch;

    /// <summary>Another store that holds what this one does now, as one that was restored from a backup does.</summary>
    /// <param name="another">Its epoch.</param>
    public MemoryStore Copy(string another)
    {
        lock (gate)
        {
            var copy = new MemoryStore(another);
            copy.reservations.AddRange(reservations);
            Fill(copy.byDigest, byDigest);
            Fill(copy.byNonce, byNonce);
            Fill(copy.lastChanges, lastChanges);
            Fill(copy.nodes, nodes);
            Fill(copy.farms, farms);
            Fill(copy.feeds, feeds.ToDictionary(feed => feed.Key, feed => new SortedDictionary<long, int>(feed.Value)));
            Fill(copy.receipts, receipts.ToDictionary(kept => kept.Key, kept => new SortedDictionary<long, Receipt>(kept.Value)));
            return copy;
        }
    }

    /// <inheritdoc/>
    public Task<StoredReservation?> FindReservationAsync(Digest digest, CancellationToken ct) =>
        Locked(() => byDigest.TryGetValue(digest, out var index) ? reservations[index] : null);

    /// <inheritdoc/>
    public Task<StoredReservation?> FindReservationAsync(ReservationId id, CancellationToken ct) =>
        Locked(() => reservations.FirstOrDefault(stored => stored.Content.Id == id));

    /// <inheritdoc/>
    public Task<StoredReservation?> FindReservationAsync(UserId user, string nonce, CancellationToken ct) =>
        Locked(() => byNonce.TryGetValue((user, nonce), out var index) ? reservations[index] : null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredReservation>> ListReservationsAsync(
        UserId? user, NodeId? node, ulong after, int countMax, CancellationToken ct) =>
        Locked<IReadOnlyList<StoredReservation>>(() =>
        [
            .. reservations
                .Where(stored => stored.Content.Id.Reservation > after)
                .Where(stored => user is null || stored.Content.Reservation.User == user)
                .Where(stored => node is null || stored.Content.Reservation.Node == node)
                .Take(countMax),
        ]);

    /// <inheritdoc/>
    public Task<(StoredReservation Stored, bool Added)> AddReservationAsync(
        Verified<Reservation> order, CancellationToken ct) => Locked(() =>
    {
        var reservation = order.Order;
        if (byNonce.TryGetValue((reservation.User, reservation.Nonce), out var earlier))
        {
            return (reservations[earlier], false);
        }

        var index = reservations.Count;
        var id = new ReservationId((ulong)index + 1, 1);
        var stored = new StoredReservation(order.Digest, NextChange(reservation.Node, index), new FeedReservation(id, reservation, []));
        reservations.Add(stored);
        byDigest.Add(order.Digest, index);
        byNonce.Add((reservation.User, reservation.Nonce), index);
        return (stored, true);
    });

    /// <inheritdoc/>
    public Task<bool> AddFollowUpAsync(Verified<FollowUp> order, int position, CancellationToken ct) => Locked(() =>
    {
        if (!byDigest.TryGetValue(order.Order.Reservation, out var index) || reservations[index].Content.FollowUps.Count != position - 1)
        {
            return false;
        }

        var stored = reservations[index];
        feeds[stored.Content.Reservation.Node].Remove(stored.Change);
        reservations[index] = stored with
        {
            Change = NextChange(stored.Content.Reservation.Node, index),
            Content = stored.Content with { FollowUps = [.. stored.Content.FollowUps, order.Order] },
        };
        return true;
    });

    /// <inheritdoc/>
    public Task<Changes> ReadChangesAsync(NodeId node, long after, int countMax, int sizeMax, CancellationToken ct) => Locked(() =>
    {
        var size = 0;
        var changed = Of(feeds, node)
            .SkipWhile(change => change.Key <= after)
            .Take(countMax)
            .Select(change => reservations[change.Value])
            .TakeWhile((stored, index) => (size += SizeOf(stored.Content)) <= sizeMax || index == 0);
        return new Changes(lastChanges.GetValueOrDefault(node), [.. changed], []);
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<Digest>> AddReceiptsAsync(NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct) =>
        Locked<IReadOnlyList<Digest>>(() =>
        [
            .. receipts.Select(receipt =>
            {
                var kept = Of(this.receipts, node);
                kept.TryAdd(receipt.Sequence, receipt);
                return kept[receipt.Sequence].ComputeHash();
            }),
        ]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Receipt>> ListReceiptsAsync(NodeId node, long after, int countMax, CancellationToken ct) =>
        Locked<IReadOnlyList<Receipt>>(() => [.. Of(receipts, node).Values.Where(receipt => receipt.Sequence > after).Take(countMax)]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Receipt>> ListReceiptsAsync(Digest reservation, int countMax, int sizeMax, CancellationToken ct) =>
        Locked<IReadOnlyList<Receipt>>(() =>
        {
            if (!byDigest.TryGetValue(reservation, out var index))
            {
                return [];
            }

            var size = 0;
            return
            [
                .. Of(receipts, reservations[index].Content.Reservation.Node).Values
                    .Where(receipt => receipt.Reservation == reservation)
                    .Reverse()
                    .Take(countMax)
                    .TakeWhile((receipt, place) =>
                        (size += Encoding.UTF8.GetByteCount(ReceiptJson.Write(receipt).Text)) <= sizeMax || place == 0)
                    .Reverse(),
            ];
        });

    /// <inheritdoc/>
    public Task SaveNodeAsync(NodeRegistration node, CancellationToken ct) => Locked(() =>
        nodes[node.Node.ToString()] = nodes.TryGetValue(node.Node.ToString(), out var kept) && kept.Created >= node.Created ? kept : node);

    /// <inheritdoc/>
    public Task<NodeRegistration?> FindNodeAsync(NodeId node, CancellationToken ct) =>
        Locked(() => nodes.GetValueOrDefault(node.ToString()));

    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeRegistration>> ListNodesAsync(string after, int countMax, CancellationToken ct) =>
        Locked(() => After(nodes, after, countMax));

    /// <inheritdoc/>
    public Task SaveFarmAsync(FarmRegistration farm, CancellationToken ct) => Locked(() =>
        farms[farm.Farm.ToString()] = farms.TryGetValue(farm.Farm.ToString(), out var kept) && kept.Created >= farm.Created ? kept : farm);

    /// <inheritdoc/>
    public Task<IReadOnlyList<FarmRegistration>> ListFarmsAsync(string after, int countMax, CancellationToken ct) =>
        Locked(() => After(farms, after, countMax));

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"epoch {Epoch}: {reservations.Count} reservations, {nodes.Count} nodes");

    private static void Fill<TKey, TValue>(IDictionary<TKey, TValue> empty, IEnumerable<KeyValuePair<TKey, TValue>> pairs)
    {
        foreach (var (key, value) in pairs)
        {
            empty.Add(key, value);
        }
    }

    private static IReadOnlyList<T> After<T>(SortedDictionary<string, T> all, string after, int countMax) =>
        [.. all.SkipWhile(pair => string.CompareOrdinal(pair.Key, after) <= 0).Take(countMax).Select(pair => pair.Value)];

    private static SortedDictionary<long, T> Of<T>(Dictionary<NodeId, SortedDictionary<long, T>> all, NodeId node) =>
        all.TryGetValue(node, out var found) ? found : all[node] = [];

    private static int SizeOf(FeedReservation content) =>
        content.FollowUps.Prepend<Order>(content.Reservation).Sum(order => Encoding.UTF8.GetByteCount(OrderJson.Write(order).Text));

    private long NextChange(NodeId node, int index)
    {
        var change = lastChanges.GetValueOrDefault(node) + 1;
        lastChanges[node] = change;
        Of(feeds, node).Add(change, index);
        return change;
    }

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (gate)
        {
            return Task.FromResult(work());
        }
    }
}

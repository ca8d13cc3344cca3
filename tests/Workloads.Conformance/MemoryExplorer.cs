using Provision.Provisioning;
using Provision.Provisioning.Sources;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;

namespace Provision.Workloads.Conformance;

/// <summary>
/// An honest explorer for one node, in memory: it outlives the daemons that talk to it,
/// and keeps every receipt it was ever handed.
/// </summary>
public sealed class MemoryExplorer(TimeProvider time) : IExplorer
{
    private readonly Dictionary<Digest, (long Sequence, FeedReservation Fed)> orders = [];
    private TaskCompletionSource changed = new();
    private long sequence;

    /// <summary>Every receipt by its sequence.</summary>
    public SortedDictionary<long, Receipt> Receipts { get; } = [];

    /// <summary>What went wrong: a receipt that contradicts an earlier one.</summary>
    public List<string> Contradictions { get; } = [];

    /// <summary>How often a node registered.</summary>
    public int Registrations { get; private set; }

    /// <summary>The last of them.</summary>
    public NodeRegistration? Registered { get; private set; }

    /// <summary>Keeps an order, as a user's client would send it.</summary>
    public void Post(Order order)
    {
        sequence++;
        if (order is Reservation reservation)
        {
            orders[order.ComputeDigest()] = (sequence, new FeedReservation(new ReservationId((ulong)sequence, 1), reservation, []));
        }
        else if (order is FollowUp follow)
        {
            var (_, fed) = orders[follow.Reservation];
            orders[follow.Reservation] = (sequence, fed with { FollowUps = [.. fed.FollowUps, follow] });
        }

        var waiting = changed;
        changed = new TaskCompletionSource();
        waiting.SetResult();
    }

    /// <summary>The receipts about one order, oldest first.</summary>
    public IReadOnlyList<Receipt> ReceiptsOf(Digest order) => [.. Receipts.Values.Where(receipt => receipt.Reservation == order)];

    /// <inheritdoc/>
    public async Task<FeedPage> PollAsync(NodeId node, FeedCursor after, TimeSpan wait, CancellationToken ct)
    {
        if (orders.Values.All(order => order.Sequence <= after.Sequence))
        {
            await Task.WhenAny(changed.Task, time.DelayAsync(wait, ct));
            ct.ThrowIfCancellationRequested();
        }

        var page = orders.Values
            .Where(order => order.Sequence > after.Sequence)
            .OrderBy(order => order.Sequence)
            .Take(FeedPage.EntriesMax)
            .ToList();
        var next = page.Count > 0 ? page[^1].Sequence : after.Sequence;
        return new FeedPage(new FeedCursor("memory", next), [.. page.Select(order => new FeedEntry(order.Sequence, order.Fed.Write()))]);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReceiptAnswer>> SendAsync(NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct)
    {
        foreach (var receipt in receipts)
        {
            receipt.Verify();
            if (Receipts.TryGetValue(receipt.Sequence, out var known) && known.ComputeHash() != receipt.ComputeHash())
            {
                Contradictions.Add(
                    $"receipt {receipt.Sequence} says {receipt.State} of {receipt.Reservation.Short}, "
                    + $"before {known.State} of {known.Reservation.Short}");
            }

            Receipts[receipt.Sequence] = receipt;
        }

        return Task.FromResult<IReadOnlyList<ReceiptAnswer>>(
            [.. receipts.Select(receipt => new ReceiptAnswer(receipt.Sequence, null as Fault))]);
    }

    /// <inheritdoc/>
    public Task RegisterAsync(NodeRegistration registration, CancellationToken ct)
    {
        registration.Verify();
        (Registered, Registrations) = (registration, Registrations + 1);
        return Task.CompletedTask;
    }
}

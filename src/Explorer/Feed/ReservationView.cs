using Provision.Reservations;
using Provision.Reservations.Feed;

namespace Provision.Explorer.Feed;

/// <summary>All that an explorer can say about one reservation.</summary>
/// <param name="Digest">Its name.</param>
/// <param name="Orders">Its alias, the order, and what followed.</param>
/// <param name="Receipts">What the node said about it, in the order of the node's chain; the last ones when there are many.</param>
public sealed record ReservationView(Digest Digest, FeedReservation Orders, IReadOnlyList<Receipt> Receipts)
{
    /// <summary>The most receipts in a view.</summary>
    public const int ReceiptsMax = 100;

    /// <summary>The most bytes of receipts in a view, as JSON; the newest is there whatever its size.</summary>
    public const int ReceiptsSizeMax = 1 << 20;

    /// <summary>The same in a view that is one of a list.</summary>
    public const int ListedReceiptsSizeMax = 1 << 14;

    /// <summary>When the lease ends.</summary>
    public DateTimeOffset Expires => Lease.EndOf(Orders);

    /// <summary>What it comes to.</summary>
    public ReservationStatus Status => (Receipts is [.., var last] ? last : null, Lease.CancelOf(Orders)) switch
    {
        ({ State: ReceiptState.Deleted }, _) => ReservationStatus.Deleted,
        ({ State: ReceiptState.Refused }, _) => ReservationStatus.Refused,
        ({ State: ReceiptState.Expired }, null or { KeepData: true }) => ReservationStatus.Expired,

        // A node that says "ok" after a cancel has not read it yet; one that reports trouble after it has trouble with removing.
        ({ State: ReceiptState.Error, Created: var said }, { Created: var cancelled }) when said > cancelled => ReservationStatus.Error,
        (_, not null) => ReservationStatus.Cancelling,
        (null, _) => ReservationStatus.Pending,
        ({ State: ReceiptState.Ok }, _) => ReservationStatus.Live,
        ({ State: ReceiptState.Degraded }, _) => ReservationStatus.Degraded,
        _ => ReservationStatus.Error,
    };
}

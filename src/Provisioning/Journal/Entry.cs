using Provision.Provisioning.Expiry;
using Provision.Provisioning.Shared;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Provisioning.Journal;

/// <summary>
/// One thing that happened to an order. The life of an order is the sequence of its entries; everything a node knows of it is computed
/// from them (<see cref="Saga.SagaState"/>). An entry that tells the user something carries the receipt, so that neither is there
/// without the other.
/// </summary>
public abstract record Entry
{
    /// <summary>What the node told the explorer with this entry, if anything.</summary>
    public virtual Receipt? Receipt => null;

    /// <summary>The order was verified and planned. Always the first entry of an order that is carried out.</summary>
    public sealed record Planned(
        ReservationId Id,
        Reservation Reservation,
        LeaseAnchor Lease,
        IReadOnlyList<CanonicalJson> Steps,
        IReadOnlyList<Claim> Claims) : Entry
    {
        /// <inheritdoc cref="Plan.Memory"/>
        public ByteSize Memory { get; init; }

        /// <inheritdoc cref="Plan.Needs"/>
        public IReadOnlyList<Digest> Needs { get; init; } = [];

        /// <inheritdoc cref="Plan.Provides"/>
        public IReadOnlyList<SharedName> Provides { get; init; } = [];

        /// <inheritdoc cref="Plan.Uses"/>
        public IReadOnlyList<SharedName> Uses { get; init; } = [];
    }

    /// <summary>The order was verified and cannot be carried out. The first and last entry of such an order.</summary>
    public sealed record Refused(ReservationId Id, Reservation Reservation, Receipt Answer) : Entry
    {
        /// <inheritdoc/>
        public override Receipt? Receipt => Answer;
    }

    /// <summary>A step is about to be done: from here on its undo is owed.</summary>
    public sealed record Started(int Step) : Entry;

    /// <summary>A step was done.</summary>
    public sealed record Done(int Step) : Entry;

    /// <summary>A step failed for good before the workload ever lived: everything started is undone.</summary>
    public sealed record Failed(int Step, Fault Fault, Receipt Answer) : Entry
    {
        /// <inheritdoc/>
        public override Receipt? Receipt => Answer;
    }

    /// <summary>Every step is done, for the first time or again after <see cref="Degraded"/>.</summary>
    public sealed record Live(Receipt Answer) : Entry
    {
        /// <inheritdoc/>
        public override Receipt? Receipt => Answer;
    }

    /// <summary>Something of a live workload broke and could not be mended yet. It is retried; nothing is destroyed.</summary>
    public sealed record Degraded(Fault Fault, Receipt Answer) : Entry
    {
        /// <inheritdoc/>
        public override Receipt? Receipt => Answer;
    }

    /// <summary>The owner gave the lease a new length.</summary>
    public sealed record Extended(Extend Order, LeaseAnchor Lease, Receipt? Answer) : Entry
    {
        /// <inheritdoc/>
        public override Receipt? Receipt => Answer;
    }

    /// <summary>The lease is over, by its end or by a cancel that keeps the data; what holds data stays for the grace period.</summary>
    public sealed record Expired(Cancel? Order, LeaseAnchor Grace, Receipt Answer) : Entry
    {
        /// <inheritdoc/>
        public override Receipt? Receipt => Answer;
    }

    /// <summary>
    /// The workload has to go: its owner cancelled it (the order is the proof), or lease and grace are over, or what it builds on
    /// ended, which is then said (<paramref name="Why"/>). There is no way back.
    /// </summary>
    public sealed record Withdrawn(Cancel? Order, Fault? Why = null) : Entry;

    /// <summary>A step was undone.</summary>
    public sealed record Undone(int Step) : Entry;

    /// <summary>
    /// It cannot be removed yet: an undo failed many times, or others use what it provides. It is tried for ever; this tells the user and
    /// the farmer. May come again when the reason is another one.
    /// </summary>
    public sealed record Stuck(Fault Fault, Receipt Answer) : Entry
    {
        /// <inheritdoc/>
        public override Receipt? Receipt => Answer;
    }

    /// <summary>
    /// Nothing of the workload is left. The last entry but for acknowledgements;
    /// the proof that what still carries its mark may go.
    /// </summary>
    public sealed record Closed(Receipt Answer) : Entry
    {
        /// <inheritdoc/>
        public override Receipt? Receipt => Answer;
    }

    /// <summary>The explorer has the receipts of this order up to this node sequence.</summary>
    public sealed record Acknowledged(long Sequence) : Entry;

    /// <summary>Of the node, not of an order: the feed is in the journal up to here.</summary>
    public sealed record CursorMoved(string Epoch, long Sequence) : Entry;

    /// <summary>Of the node, not of an order: what its clocks said. Written at every start and then from time to time.</summary>
    public sealed record ClockRead(ClockMark Mark) : Entry;
}

using Provision.Provisioning.Expiry;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Saga;
using Provision.Provisioning.Supervision;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Provisioning;

/// <summary>
/// One order on this node: its entries folded into what the loops need,
/// and beside it what only this run of the daemon knows.
/// </summary>
public sealed class Workload
{
    private readonly Queue<Receipt> unacknowledged = new();

    /// <summary>Starts from the first entry of an order.</summary>
    public Workload(Digest digest, IWorkloadModule? module)
    {
        Digest = digest;
        Module = module;
        Watch = module is ISupervised ? new Watch() : null;
    }

    /// <summary>The order's name.</summary>
    public Digest Digest { get; }

    /// <summary>The module of its kind; null when the order was refused because there is none.</summary>
    public IWorkloadModule? Module { get; }

    /// <summary>The explorer's alias.</summary>
    public ReservationId Id { get; private set; }

    /// <summary>The order. Null before the first entry only.</summary>
    public Reservation Reservation { get; private set; } = null!;

    /// <summary>The plan; empty when the order was refused.</summary>
    public Plan Plan { get; private set; } = new([], []);

    /// <summary>Where it stands.</summary>
    public SagaState State { get; private set; } = SagaState.None;

    /// <summary>When the lease, or the grace period after it, ends.</summary>
    public LeaseAnchor? Lease { get; private set; }

    /// <summary>How long the lease runs, extends included.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>The highest counter of a follow-up that was taken.</summary>
    public long Counter { get; private set; }

    /// <summary>The number of the last entry.</summary>
    public long Number { get; private set; }

    /// <summary>The number of the last receipt about this order.</summary>
    public long Generation { get; private set; }

    /// <summary>The last receipt about this order.</summary>
    public Receipt? LastReceipt { get; private set; }

    /// <summary>Receipts that the explorer has not acknowledged, oldest first.</summary>
    public IReadOnlyCollection<Receipt> Unacknowledged => unacknowledged;

    /// <summary>How many steps were ensured since the daemon started.</summary>
    public int Ensured { get; set; }

    /// <summary>How often the next step failed in a row.</summary>
    public int Attempts { get; set; }

    /// <summary>What the last attempt failed with; null when it did not.</summary>
    public Fault? Trouble { get; set; }

    /// <summary>What is known of its container; null when it has none that is kept running.</summary>
    public Watch? Watch { get; }

    /// <summary>What comes next, as far as this order alone is concerned.</summary>
    public Move Next => State.Next(Ensured);

    /// <summary>Takes one more entry.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.DataLoss"/>: it cannot follow the entries before it.</exception>
    public void Apply(Entry entry)
    {
        State = State.Apply(entry);
        Number++;
        switch (entry)
        {
            case Entry.Planned planned:
                (Id, Reservation, Lease, Duration) = (planned.Id, planned.Reservation, planned.Lease, planned.Reservation.Duration);
                Plan = new Plan([.. planned.Steps.Select(ReadStep)], planned.Claims)
                {
                    Memory = planned.Memory,
                    Needs = planned.Needs,
                    Provides = planned.Provides,
                    Uses = planned.Uses,
                };
                break;
            case Entry.Refused refused:
                (Id, Reservation, Duration) = (refused.Id, refused.Reservation, refused.Reservation.Duration);
                break;
            case Entry.Extended(var order, var lease, _):
                (Lease, Duration, Counter) = (lease, order.Duration, order.Counter);
                break;
            case Entry.Expired(var order, var grace, _):
                (Lease, Counter) = (grace, order?.Counter ?? Counter);
                break;
            case Entry.Withdrawn(var order, _):
                Counter = order?.Counter ?? Counter;
                Attempts = 0;
                break;
            case Entry.Acknowledged(var sequence):
                while (unacknowledged.TryPeek(out var oldest) && oldest.Sequence <= sequence)
                {
                    unacknowledged.Dequeue();
                }

                break;
        }

        if (State.Closed && unacknowledged.Count == 0 && entry.Receipt is null)
        {
            // What is over and told is kept in a few words, so that strangers' large orders do not stay in memory.
            Reservation = Reservation with { Data = default };
            Plan = new Plan([], []);
        }

        if (entry.Receipt is { } receipt)
        {
            Generation = receipt.Generation;
            LastReceipt = receipt;
            unacknowledged.Enqueue(receipt);
        }
    }

    private Step ReadStep(Reservations.Wire.CanonicalJson step) =>
        Module is null
            ? throw new FaultException(FaultCode.DataLoss, "No module knows the kind of this order", "Start a version that has it.")
            : Module.ReadStep(step.ToElement());
}

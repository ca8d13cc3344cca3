using Provision.Machine.Clock;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Sources;
using Provision.Reservations;

namespace Provision.Provisioning.Expiry;

/// <summary>
/// Ends leases: what holds data is kept for the grace period and then withdrawn, everything else is withdrawn at once. Needs no explorer.
/// </summary>
public sealed class ExpirySource : IReservationSource
{
    // Timers do not run while a machine sleeps, boot time does: look often enough that a wake-up is noticed soon.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);

    private readonly PriorityQueue<(Workload Workload, LeaseAnchor Lease), TimeSpan> leases = new();
    private readonly Ledger ledger;
    private readonly IMachineClock clock;
    private readonly EngineOptions options;
    private readonly Signal signal;
    private TimeSpan marked;

    /// <summary>Listens to the ledger from now on.</summary>
    public ExpirySource(Ledger ledger, IMachineClock clock, EngineOptions options)
    {
        this.ledger = ledger;
        this.clock = clock;
        this.options = options;
        signal = new Signal(clock.Time);
        marked = clock.SinceBoot;
        foreach (var workload in ledger.Workloads)
        {
            Watch(workload);
        }

        ledger.Appended += (workload, entry) =>
        {
            if (entry is Entry.Planned or Entry.Extended or Entry.Expired)
            {
                Watch(workload);
                signal.Set();
            }
        };
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken ct)
    {
        for (; ; )
        {
            var wait = LookInterval;
            while (leases.TryPeek(out var next, out var due))
            {
                if (due > clock.SinceBoot)
                {
                    wait = due - clock.SinceBoot < wait ? due - clock.SinceBoot : wait;
                    break;
                }

                leases.Dequeue();
                End(next.Workload, next.Lease);
            }

            if (clock.SinceBoot - marked >= options.ClockMarkInterval)
            {
                marked = clock.SinceBoot;
                await ledger.MarkClockAsync();
            }

            await ledger.Durable;
            await signal.WaitAsync(wait, ct);
        }
    }

    private void Watch(Workload workload)
    {
        if (workload is { Lease: { } lease, State: { Unwinding: false, Closed: false } })
        {
            leases.Enqueue((workload, lease), ledger.LeaseClock.DueSinceBoot(lease));
        }
    }

    private void End(Workload workload, LeaseAnchor lease)
    {
        // An anchor that was replaced meanwhile is not the lease any more.
        if (workload.State.Unwinding || workload.State.Closed || workload.Lease != lease)
        {
            return;
        }

        var keeps = workload.Module!.KeepsData && options.Grace > TimeSpan.Zero && !workload.State.Expired && workload.State.Live;
        _ = keeps ? ledger.AppendAsync(workload, Expire(workload)) : ledger.AppendAsync(workload, new Entry.Withdrawn(null));
    }

    private Entry.Expired Expire(Workload workload)
    {
        var grace = ledger.LeaseClock.Anchor(options.Grace, clock.Time.GetUtcNow() + options.Grace);
        return new Entry.Expired(null, grace, ledger.Answer(workload, ReceiptState.Expired));
    }
}

using Provision.Provisioning.Journal;
using Provision.Provisioning.Sources;

namespace Provision.Provisioning.Needs;

/// <summary>
/// Ends orders that build on what has ended, or were to use what will never be there. It is told which orders are concerned, never what
/// to do: that is computed when their turn comes, for all of them at every start, so that a crash between the end of one and the end of
/// the other is made good.
/// </summary>
public sealed class NeedSource : IReservationSource
{
    private readonly Queue<Workload> concerned;
    private readonly Ledger ledger;
    private readonly Signal signal;

    /// <summary>Listens to the ledger from now on.</summary>
    public NeedSource(Ledger ledger, TimeProvider time)
    {
        this.ledger = ledger;
        signal = new Signal(time);
        concerned = new(ledger.Workloads.Where(workload => workload.Plan.Needs.Count + workload.Plan.Uses.Count > 0));
        ledger.Appended += (workload, entry) =>
        {
            if (entry is Entry.Withdrawn or Entry.Failed or Entry.Expired or Entry.Undone)
            {
                foreach (var dependent in NeedRules.Above(ledger, workload))
                {
                    concerned.Enqueue(dependent);
                }

                signal.Set();
            }
        };
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken ct)
    {
        for (; ; )
        {
            // An entry that is appended here follows the one that is its reason, so the journal never holds it alone.
            while (concerned.TryDequeue(out var workload))
            {
                if (NeedRules.Ended(ledger, workload) is { } why)
                {
                    _ = ledger.AppendAsync(workload, new Entry.Withdrawn(null, why));
                }
            }

            await ledger.Durable;
            await signal.WaitAsync(Timeout.InfiniteTimeSpan, ct);
        }
    }
}

using Provision.Machine;
using Provision.Machine.Clock;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Needs;
using Provision.Provisioning.Saga;
using Provision.Provisioning.Supervision;

namespace Provision.Provisioning.Reconciler;

/// <summary>
/// Brings the machine to where the journal wants it. Level-triggered: it is told that something changed, never what; each workload's next
/// move is computed from its entries. One hand per workload, a bounded number of hands, and a slow workload keeps no other waiting.
/// </summary>
public sealed class Reconciler
{
    private readonly WorkQueue queue = new();
    private readonly List<Task> hands = [];
    private readonly HashSet<Workload> waiting = [];
    private readonly SlowWork slow;
    private readonly Signal signal;
    private readonly Ledger ledger;
    private readonly IMachineClock clock;
    private readonly EngineOptions options;
    private readonly SagaRunner runner;

    /// <summary>Listens to the ledger from now on.</summary>
    public Reconciler(
        IMachine machine,
        Ledger ledger,
        Supervisor supervisor,
        EngineOptions options,
        Backoff backoff,
        Microsoft.Extensions.Logging.ILogger<SagaRunner> log)
    {
        this.ledger = ledger;
        this.options = options;
        clock = machine.Clock;
        slow = new SlowWork(options);
        signal = new Signal(machine.Clock.Time);
        runner = new SagaRunner(machine, ledger, supervisor, options, backoff, log);
        supervisor.Doubted += Wake;
        ledger.Appended += (workload, entry) =>
        {
            if (entry is Entry.Planned or Entry.Withdrawn)
            {
                Wake(workload);
            }

            // When this one is closed, its plan is forgotten soon: those it needs are looked at now.
            if (entry is Entry.Extended or Entry.Closed)
            {
                WakeConcerned(workload);
            }
        };
    }

    /// <summary>How many workloads are in a hand, and how many wait for one.</summary>
    public (int Held, int Ready) Load => (queue.Held, queue.Ready + slow.Parked);

    /// <summary>Has a look at this workload soon.</summary>
    public void Wake(Workload workload)
    {
        queue.Add(workload);
        signal.Set();
    }

    /// <summary>Runs until cancelled; hands that are in the middle of a step finish it first.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var workload in ledger.Workloads.Where(workload => NeedRules.Next(ledger, workload) is not Move.Rest))
        {
            queue.Add(workload);
        }

        try
        {
            for (; ; )
            {
                ct.ThrowIfCancellationRequested();
                var wait = queue.Advance(clock.SinceBoot) ?? Timeout.InfiniteTimeSpan;
                while (queue.Held < options.HandsMax && queue.TryTake(out var workload))
                {
                    if (slow.TryTake(workload))
                    {
                        hands.Add(HoldAsync(workload, ct));
                    }
                    else
                    {
                        queue.Release(workload);
                    }
                }

                await signal.WaitAsync(wait, ct);
                await SweepAsync();
            }
        }
        finally
        {
            await Task.WhenAll(hands);
        }
    }

    private async Task HoldAsync(Workload workload, CancellationToken ct)
    {
        try
        {
            waiting.Remove(workload);
            if (await runner.RunAsync(workload, ct) is { } retry)
            {
                queue.AddLater(workload, clock.SinceBoot + retry);
            }
            else if (!ct.IsCancellationRequested)
            {
                LeaveAlone(workload);
            }
        }
        finally
        {
            queue.Release(workload);
            if (slow.Release(workload) is { } parked)
            {
                queue.Add(parked);
            }

            signal.Set();
        }
    }

    // What it waits for may have come while the hand let go.
    private void LeaveAlone(Workload workload)
    {
        var next = NeedRules.Next(ledger, workload);
        if (next is Move.Wait && !NeedRules.IsUntold(workload, next))
        {
            waiting.Add(workload);
        }
        else if (next is not Move.Rest)
        {
            Wake(workload);
        }

        WakeConcerned(workload);
    }

    // Only those that wait, and not in vain: others may be between two attempts.
    private void WakeConcerned(Workload workload)
    {
        foreach (var other in NeedRules.Concerned(ledger, workload).Where(waiting.Contains).ToList())
        {
            var next = NeedRules.Next(ledger, other);
            if (next is not Move.Wait || NeedRules.IsUntold(other, next))
            {
                Wake(other);
            }
        }
    }

    // A hand that ended with an exception ends the engine: what is expected was contained inside it.
    private async Task SweepAsync()
    {
        foreach (var hand in hands.Where(hand => hand.IsCompleted).ToList())
        {
            hands.Remove(hand);
            await hand;
        }
    }
}

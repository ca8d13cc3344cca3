using Microsoft.Extensions.Logging;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Sources;
using Provision.Provisioning.Telemetry;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Reporting;

/// <summary>
/// The outbox: sends receipts until the explorer has them, oldest first and in order within each workload. What one order's receipts
/// are refused for holds back no other order. Nothing is sent before it is durable.
/// </summary>
public sealed partial class Reporter
{
    private const int BatchMax = 100;
    private const int RefusalsMax = 5;

    private readonly SortedDictionary<long, (Workload Workload, Receipt Receipt)> outbox = [];
    private readonly Dictionary<Workload, (int Failures, long Until, Fault Fault)> refused = [];
    private readonly IExplorer explorer;
    private readonly Ledger ledger;
    private readonly TimeProvider time;
    private readonly Backoff backoff;
    private readonly ILogger<Reporter> log;
    private readonly Signal signal;

    /// <summary>Takes what was not acknowledged before, and listens to the ledger from now on.</summary>
    public Reporter(IExplorer explorer, Ledger ledger, TimeProvider time, Backoff backoff, ILogger<Reporter> log)
    {
        this.explorer = explorer;
        this.ledger = ledger;
        this.time = time;
        this.backoff = backoff;
        this.log = log;
        signal = new Signal(time);
        foreach (var workload in ledger.Workloads)
        {
            foreach (var receipt in workload.Unacknowledged)
            {
                outbox[receipt.Sequence] = (workload, receipt);
            }
        }

        ledger.Repeated += workload =>
        {
            if (workload.LastReceipt is { } receipt)
            {
                outbox[receipt.Sequence] = (workload, receipt);
                signal.Set();
            }
        };
        ledger.Appended += (workload, entry) =>
        {
            if (entry.Receipt is { } receipt)
            {
                outbox[receipt.Sequence] = (workload, receipt);
                signal.Set();
            }
        };
    }

    /// <summary>How many receipts wait.</summary>
    public int Waiting => outbox.Count;

    /// <summary>What the last attempt to send failed with; null when it did not.</summary>
    public Fault? Trouble { get; private set; }

    /// <summary>Receipts that the explorer has but does not take, by the fault of some of them; they are sent again and again.</summary>
    public IEnumerable<Fault> Refusals => refused.Values.Select(hold => hold.Fault).Take(RefusalsMax);

    /// <summary>Sends until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        for (var failures = 0; ;)
        {
            var batch = NextBatch();
            await ledger.Durable;
            if (batch.Count == 0)
            {
                await signal.WaitAsync(outbox.Count == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(1), ct);
                continue;
            }

            try
            {
                Take(batch, await explorer.SendAsync(ledger.Node, [.. batch.Select(item => item.Receipt)], ct));
                failures = 0;
                Trouble = null;
            }
            catch (FaultException e)
            {
                failures++;
                Trouble = e.Fault;
                LogSendFailed(batch.Count, failures, e.Fault.Brief);
                await time.DelayAsync(backoff.After(failures), ct);
            }
        }
    }

    private List<(Workload Workload, Receipt Receipt)> NextBatch() =>
        [.. outbox.Values.Where(item => !IsHeldBack(item.Workload)).Take(BatchMax)];

    private bool IsHeldBack(Workload workload) => refused.TryGetValue(workload, out var hold) && time.GetTimestamp() < hold.Until;

    private void Take(List<(Workload Workload, Receipt Receipt)> batch, IReadOnlyList<ReceiptAnswer> answers)
    {
        var faults = answers.DistinctBy(answer => answer.Sequence).ToDictionary(answer => answer.Sequence, answer => answer.Fault);
        var missing = new Fault(FaultCode.Unavailable, "The explorer did not answer for this receipt");
        foreach (var group in batch.GroupBy(item => item.Workload))
        {
            var taken = group
                .TakeWhile(item => IsSettled(item.Workload, faults.GetValueOrDefault(item.Receipt.Sequence, missing)))
                .ToList();
            foreach (var (_, receipt) in taken)
            {
                outbox.Remove(receipt.Sequence);
                EngineTelemetry.CountReceipt(receipt.State);
            }

            if (taken.Count > 0)
            {
                refused.Remove(group.Key);
                _ = ledger.AppendAsync(group.Key, new Entry.Acknowledged(taken[^1].Receipt.Sequence));
            }

            if (group.Skip(taken.Count).FirstOrDefault() is { Receipt: { } first })
            {
                HoldBack(group.Key, first, faults.GetValueOrDefault(first.Sequence, missing)!);
            }
        }
    }

    // An order that was imported from a folder no explorer ever had: there is nobody to tell, and the receipt stays in the journal.
    private static bool IsSettled(Workload workload, Fault? fault) =>
        fault is null || (workload.Reservation.IsVersion1 && fault.Code == FaultCode.NotFound);

    private void HoldBack(Workload workload, Receipt receipt, Fault fault)
    {
        var failures = refused.GetValueOrDefault(workload).Failures + 1;
        var until = time.GetTimestamp() + (long)(backoff.After(failures).TotalSeconds * time.TimestampFrequency);
        var before = refused.GetValueOrDefault(workload).Fault;
        var trouble = new Fault(
            fault.Code, $"The explorer does not take receipt {receipt.Sequence} of {workload.Digest}: {fault.Brief}", fault.Remedy);
        refused[workload] = (failures, until, trouble);
        if (before?.What != trouble.What)
        {
            LogRefused(receipt.Sequence, workload.Digest, fault.Brief);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} receipts could not be sent, attempt {Attempt}: {Fault}")]
    private partial void LogSendFailed(int count, int attempt, string fault);

    [LoggerMessage(LogLevel.Warning, "The explorer does not take receipt {Sequence} of {Order}: {Fault}")]
    private partial void LogRefused(long sequence, Digest order, string fault);
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Provisioning.Telemetry;

/// <summary>
/// What an engine tells while it works: counters and durations of one meter, spans of one source, both of the name <see cref="Name"/>.
/// Costs nothing where nobody listens. Nothing in it comes from an order but its digest and its kind, if we have that kind.
/// </summary>
public static class EngineTelemetry
{
    /// <summary>Name of the meter and of the source of spans.</summary>
    public const string Name = "Provision";

    private static readonly ActivitySource Spans = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Polls = Meter.CreateCounter<long>(
        "provision.polls", description: "Polls of the feed, by outcome: ok or a fault's code.");

    private static readonly Counter<long> Entries = Meter.CreateCounter<long>(
        "provision.feed.entries", description: "Entries of the feed, by outcome: taken, or passed over for want of a valid signature.");

    private static readonly Counter<long> Orders = Meter.CreateCounter<long>(
        "provision.orders", description: "New orders, by kind and outcome: planned or refused.");

    private static readonly Counter<long> Receipts = Meter.CreateCounter<long>(
        "provision.receipts", description: "Receipts that the explorer has taken, by state.");

    private static readonly Histogram<double> Steps = Meter.CreateHistogram(
        "provision.step.duration",
        "s",
        "How long attempts at a step took, by kind, step, verb (do, undo, look) and outcome: ok or a fault's code.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 1, 5, 30, 300] });

    private static readonly Histogram<double> Flushes = Meter.CreateHistogram(
        "provision.journal.flush.duration",
        "s",
        "How long the disk took to make a batch of the journal durable.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1, 10] });

    /// <summary>A poll was answered, or failed.</summary>
    internal static void CountPoll(Fault? fault) => Polls.Add(1, Outcome(fault));

    /// <summary>An entry of the feed was taken or passed over.</summary>
    internal static void CountEntry(bool taken) =>
        Entries.Add(1, new KeyValuePair<string, object?>("outcome", taken ? "taken" : "passed_over"));

    /// <summary>The explorer took a receipt.</summary>
    internal static void CountReceipt(ReceiptState state) =>
        Receipts.Add(1, new KeyValuePair<string, object?>("state", ReceiptJson.StateText(state)));

    /// <summary>A batch of the journal is durable.</summary>
    internal static void RecordFlush(TimeSpan duration) => Flushes.Record(duration.TotalSeconds);

    /// <summary>A new order was looked at: the span from its verification to its plan or refusal.</summary>
    internal static Activity? BeginOrder(Workload workload) => Begin("order", workload);

    /// <summary>What came of it.</summary>
    internal static void EndOrder(Activity? span, Workload workload, Fault? refusal)
    {
        Orders.Add(1, Kind(workload), new("outcome", refusal is null ? "planned" : "refused"));
        End(span, refusal);
    }

    /// <summary>An attempt at a step begins.</summary>
    internal static Activity? BeginStep(Workload workload, string verb, Step? step)
    {
        var span = Begin(verb, workload);
        span?.SetTag("provision.step", step?.GetType().Name);
        span?.SetTag("provision.attempt", workload.Attempts + 1);
        return span;
    }

    /// <summary>How it ended.</summary>
    internal static void EndStep(Activity? span, Workload workload, string verb, Step? step, TimeSpan duration, Fault? fault)
    {
        Steps.Record(
            duration.TotalSeconds,
            Kind(workload),
            new("step", step?.GetType().Name ?? "none"),
            new("verb", verb),
            Outcome(fault));
        End(span, fault);
    }

    // All spans of an order belong to the trace that its digest names, whichever daemon or program wrote them.
    private static Activity? Begin(string name, Workload workload)
    {
        if (!Spans.HasListeners())
        {
            return null;
        }

        var digest = workload.Digest.ToString();
        var order = new ActivityContext(
            ActivityTraceId.CreateFromString(digest.AsSpan(0, 32)),
            ActivitySpanId.CreateFromString(digest.AsSpan(32, 16)),
            ActivityTraceFlags.Recorded,
            isRemote: true);
        var span = Spans.StartActivity(name, ActivityKind.Internal, order);
        span?.SetTag("provision.order", digest);
        span?.SetTag("provision.kind", workload.Module?.Kind);
        return span;
    }

    private static void End(Activity? span, Fault? fault)
    {
        if (fault is not null)
        {
            // What a fault says may be quoted from the order.
            span?.SetStatus(ActivityStatusCode.Error, FaultJson.CodeText(fault.Code));
        }

        span?.Dispose();
    }

    // Of an order that is refused the kind is a stranger's word.
    private static KeyValuePair<string, object?> Kind(Workload workload) => new("kind", workload.Module?.Kind ?? "unknown");

    private static KeyValuePair<string, object?> Outcome(Fault? fault) =>
        new("outcome", fault is null ? "ok" : FaultJson.CodeText(fault.Code));
}

using System.Diagnostics.Metrics;
using Provision.Provisioning;
using Provision.Provisioning.Telemetry;
using Provision.Reservations;

namespace Provision.Agent.Telemetry;

/// <summary>How the engine stands, as gauges. They show what <see cref="Status"/> was set to last.</summary>
internal sealed class EngineMeters : IDisposable
{
    private readonly Meter meter = new(EngineTelemetry.Name);

    /// <summary>Makes the gauges known.</summary>
    public EngineMeters()
    {
        Gauge("provision.workloads", "Workloads that are not closed, by kind and state.", Workloads);
        Gauge("provision.capacity", "Units of capacity: of the machine, offered, promised, and left.", CapacityOf);
        Gauge("provision.lacking", "Abilities that the machine lacks.", status => [new(status.Lacking.Count)]);
        Gauge("provision.last.good.poll.age", "Time since the explorer last answered a poll; missing before the first.", PollAge, "s");
        Gauge("provision.receipts.waiting", "Receipts that the explorer does not have yet.", status => [new(status.ReceiptsWaiting)]);
        Gauge("provision.hands.busy", "Workloads that are worked on now.", status => [new(status.InHand)]);
        Gauge("provision.workloads.ready", "Workloads that wait for a hand.", status => [new(status.Ready)]);
        Gauge("provision.orders.set.aside", "Orders left alone for want of entries.", status => [new(status.SetAside.Count)]);
        Gauge("provision.unexplained", "Things with our mark that no order explains.", status => [new(status.Unexplained.Count)]);
        Gauge("provision.troubles", "What is wrong with the node now, as status lists it.", status => [new(status.Troubles.Count)]);
    }

    /// <summary>The engine's status, taken just before a collection.</summary>
    public EngineStatus? Status { get; set; }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private void Gauge(
        string name, string description, Func<EngineStatus, IEnumerable<Measurement<double>>> measure, string? unit = null) =>
        meter.CreateObservableGauge(name, () => Status is { } status ? measure(status) : [], unit, description);

    private static IEnumerable<Measurement<double>> Workloads(EngineStatus status) =>
        from workload in status.Workloads
        group workload by (workload.Kind, workload.State) into same
        select new Measurement<double>(same.Count(), new("kind", same.Key.Kind), new("state", same.Key.State));

    private static IEnumerable<Measurement<double>> CapacityOf(EngineStatus status) => status.Capacity is not { } capacity
        ? []
        :
        [
            .. Of("machine", capacity.Machine), .. Of("offered", capacity.Offered),
            .. Of("promised", capacity.Promised), .. Of("left", capacity.Left),
        ];

    private static IEnumerable<Measurement<double>> Of(string part, ResourceUnits units)
    {
        return [One("cru", units.Cru), One("mru", units.Mru), One("sru", units.Sru), One("hru", units.Hru)];

        Measurement<double> One(string unit, long count) => new(count, new("part", part), new("unit", unit));
    }

    private static IEnumerable<Measurement<double>> PollAge(EngineStatus status) =>
        status.SinceGoodPoll is { } age ? [new(age.TotalSeconds)] : [];
}

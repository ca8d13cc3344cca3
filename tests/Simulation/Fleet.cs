using Provision.Explorer.Feed;
using Provision.Explorer.Storage.Memory;
using Provision.Machine.Simulated.Time;
using Provision.Reservations;
using Provision.Workloads;
using Xunit;

namespace Provision.Simulation;

/// <summary>
/// Two nodes, the explorer's core and users on one thread under a virtual clock, all drawn from one seed. First the safety phase, in
/// which anything of <see cref="FaultModel"/> happens; then the liveness phase, in which nothing fails any more and all must come right.
/// </summary>
public sealed class Fleet
{
    private static readonly TimeSpan Safety = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Liveness = TimeSpan.FromMinutes(40);

    private readonly VirtualTime time = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Pump pump;
    private readonly ExplorerCore core;
    private readonly List<FleetNode> nodes = [];
    private readonly FleetUser user;

    /// <summary>The fleet of this seed.</summary>
    public Fleet(int seed)
    {
        Seed = seed;
        var random = new Random(seed);
        pump = new Pump(time);
        Trace = new Trace(time);
        Faults = new FaultModel(random);
        core = new ExplorerCore(new MemoryStore("epoch"), time, WorkloadCatalog.All);
        for (byte number = 1; number <= 2; number++)
        {
            nodes.Add(new FleetNode(number, time, Faults, random, Trace));
        }

        user = new FleetUser(core, nodes, random, time, Trace);
    }

    /// <summary>What everything was drawn from.</summary>
    public int Seed { get; }

    /// <summary>What happened.</summary>
    public Trace Trace { get; }

    /// <summary>What went wrong on purpose.</summary>
    public FaultModel Faults { get; }

    /// <summary>One line about the run.</summary>
    public string Summary =>
        $"seed {Seed}: {user.Placed.Count} reservations, {nodes.Sum(node => node.Starts)} containers started, "
        + $"{nodes.Sum(node => node.Deaths)} deaths, {Faults.Injected.Values.Sum()} faults, "
        + $"{pump.Turns} turns, trace {Trace.ComputeHash()[..16]}";

    /// <summary>Runs both phases and checks the end; throws when it is not right.</summary>
    public void Run()
    {
        using var stop = new CancellationTokenSource();
        List<Task> daemons = [];
        pump.Post(
            _ => daemons.AddRange(nodes.Select(node =>
                node.RunAsync(new FleetExplorer(core, Faults, time, Trace, node), stop.Token))),
            null);
        pump.Run(() => time.Elapsed >= TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60));
        (Faults.Rate, Faults.CrashRate) = (0.05, 0.01);
        pump.Run(() => user.RunAsync(Safety, stop.Token), Safety * 2);
        (Faults.Rate, Faults.CrashRate) = (0, 0);
        Trace.Add("fleet", "faults end");
        var end = time.Elapsed + Liveness;
        pump.Run(() => time.Elapsed >= end || daemons.Any(daemon => daemon.IsCompleted), Liveness * 2);
        Assert.All(daemons, daemon => Assert.False(daemon.IsCompleted, $"A daemon ended: {daemon.Exception}"));
        pump.Run(CheckAsync, TimeSpan.FromMinutes(1));
        stop.Cancel();
        pump.Run(() => daemons.TrueForAll(daemon => daemon.IsCompleted), TimeSpan.FromMinutes(1));
        Assert.Empty(pump.Strays);
    }

    private async Task CheckAsync()
    {
        foreach (var order in user.Placed)
        {
            var view = await core.FindAsync(order.ComputeDigest());
            var last = view!.Receipts.LastOrDefault();
            Assert.True(last is not null, $"{order.ComputeDigest().Short} was never answered");
            Assert.Equal(Enumerable.Range(1, view.Receipts.Count), view.Receipts.Select(receipt => (int)receipt.Generation));

            // Every lease and every grace period is over by now, so nothing may be left.
            Assert.True(
                last.State is ReceiptState.Deleted or ReceiptState.Refused,
                $"{order.ComputeDigest().Short} is {last.State} at the end");
        }

        foreach (var node in nodes)
        {
            Assert.Empty(node.Violations);
            Assert.Empty(await node.Machine.Containers.ListAsync(CancellationToken.None));
            Assert.Empty(await node.Machine.Storage.ListVolumesAsync(CancellationToken.None));
            Assert.Empty(await node.Machine.Networks.ListAsync(CancellationToken.None));
            Assert.All(await node.Machine.Images.ListAsync(CancellationToken.None), image => Assert.Empty(image.Holders));
            var receipts = new List<Receipt>();
            while (await core.ListReceiptsAsync(node.Id, receipts.Count) is { Count: > 0 } page)
            {
                receipts.AddRange(page);
            }

            Assert.Null(ReceiptChain.Empty.Add(receipts).Broken);
        }
    }
}

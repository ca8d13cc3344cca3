using Provision.Machine.Simulated.Time;
using Provision.Provisioning;
using Provision.Simulation.Checkers;
using Provision.Simulation.Faults;

namespace Provision.Simulation;

/// <summary>
/// Two nodes, the explorer's core and users on one thread under a virtual clock, all drawn from one seed. First the safety phase, in
/// which anything of <see cref="FaultKinds"/> happens; then the liveness phase, in which nothing fails any more and all must come right.
/// </summary>
public sealed class Fleet
{
    private const int FailuresShown = 5;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Safety = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    // The last lease may be 400 s long, and twice that when it is extended; then comes the grace period, and what a checker allows.
    private static readonly TimeSpan Liveness = TimeSpan.FromMinutes(27);

    private readonly VirtualTime time = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly List<Task> lives = [];
    private readonly Pump pump;
    private readonly FleetUser user;
    private readonly Disasters disasters;
    private readonly Checks checks;

    /// <summary>The fleet of this seed.</summary>
    public Fleet(int seed)
    {
        Seed = seed;
        var random = new Random(seed);
        pump = new Pump(time);
        Trace = new Trace(time);
        Faults = new FaultModel(random);
        Nodes = [.. Enumerable.Range(1, 2).Select(number => new FleetNode((byte)number, time, Faults, random, Trace))];
        var site = new ExplorerSite(time);
        site.Open();
        user = new FleetUser(site, Nodes, random, time, Trace);
        disasters = new Disasters(Nodes, site, user, Faults, random, time, Trace);
        checks = new Checks(site, user, new Scope(user), time);
        foreach (var node in Nodes)
        {
            node.Journal.Became += line => checks.All.ForEach(check => check.Becomes(node, line));
            var explorer = new FleetExplorer(site, node, Faults, random, time, pump, checks);
            pump.Post(_ => lives.Add(node.RunAsync(explorer, pump, checks)), null);
        }
    }

    /// <summary>What everything was drawn from.</summary>
    public int Seed { get; }

    /// <summary>Its nodes.</summary>
    public IReadOnlyList<FleetNode> Nodes { get; }

    /// <summary>What happened.</summary>
    public Trace Trace { get; }

    /// <summary>What went wrong on purpose.</summary>
    public FaultModel Faults { get; }

    /// <summary>One line about the run.</summary>
    public string Summary =>
        $"seed {Seed}: {user.Placed.Count} reservations, {Nodes.Sum(node => node.Starts)} containers started, "
        + $"{Nodes.Sum(node => node.Deaths)} deaths, {Faults.Injected.Values.Sum()} faults, "
        + $"{pump.Turns} turns, trace {Trace.ComputeHash()[..16]}";

    /// <summary>Runs both phases and checks the end.</summary>
    /// <exception cref="InvalidOperationException">A promise was broken; which, and by what.</exception>
    public void Run()
    {
        pump.Run(() => time.Elapsed >= Warm, Warm * 2);
        Faults.Active = true;
        var never = CancellationToken.None;
        pump.Run(() => Task.WhenAll(user.RunAsync(Safety, never), disasters.RunAsync(Safety, never)), Safety * 2);
        Faults.Active = false;
        disasters.End();
        Trace.Add("fleet", "faults end");
        pump.Run(CalmAsync, Liveness * 2);
        pump.Run(EndAsync, Step);
        Require(pump.Strays.Count == 0, $"something left the one thread: {pump.Strays.FirstOrDefault()}");
    }

    private async Task CalmAsync()
    {
        // What a machine did not do although it said so, a daemon sees when it starts.
        foreach (var node in Nodes.Where(node => node.NeedsStart))
        {
            node.Daemon!.Stop();
        }

        var start = time.Elapsed;
        while (time.Elapsed < start + Liveness)
        {
            await time.DelayAsync(Step, CancellationToken.None);
            checks.All.ForEach(check => check.Calms(this, time.Elapsed - start));
            RequireAllIsWell();
        }
    }

    private async Task EndAsync()
    {
        foreach (var check in checks.All)
        {
            await check.EndAsync(this);
        }

        RequireAllIsWell();
        foreach (var node in Nodes)
        {
            node.End();
        }

        await Task.WhenAll(lives);
    }

    private void RequireAllIsWell()
    {
        var broken = lives.Find(life => life.IsFaulted);
        Require(broken is null, $"a daemon ended: {broken?.Exception}");
        var failures = checks.Failures;
        Require(failures.Count == 0, string.Join('\n', failures.Take(FailuresShown)));
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }
}

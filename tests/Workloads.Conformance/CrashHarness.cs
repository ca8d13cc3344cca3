using Provision.Machine.Simulated.Faults;
using Provision.Provisioning;
using Xunit;

namespace Provision.Workloads.Conformance;

/// <summary>
/// Test number one (style P6): runs a scenario once to count every flush, machine call and receipt sent, then again for each of these
/// with a crash there, before the effect and after it, and once more with a second crash at each point of the life that follows.
/// However often the daemon died, the end is the same: nothing leaked, nothing lost, nothing said twice in different words.
/// </summary>
public sealed class CrashHarness(Func<CrashWorld> makeWorld, Func<CrashWorld, CrashScenario> makeScenario, EngineSetup setup)
{
    private static readonly TimeSpan PhaseLimit = TimeSpan.FromHours(1);

    /// <summary>What an engine is run with: each look at all networks is a crash point, so there are few.</summary>
    public static EngineOptions Options { get; } = new() { MendInterval = TimeSpan.FromMinutes(2) };

    /// <summary>How many crash points an undisturbed life has.</summary>
    public int Points { get; private set; }

    /// <summary>How many runs were made.</summary>
    public int Runs { get; private set; }

    /// <summary>
    /// Crashes at each point, and for every <paramref name="stride"/>-th of them
    /// again at each point of the next life; 0: not again.
    /// </summary>
    public void CrashEverywhere(int stride)
    {
        Points = Run([])[0].Count;
        Assert.True(Points > 0, "A scenario without a single flush proves nothing.");
        foreach (var moment in new[] { CrashMoment.Before, CrashMoment.After })
        {
            for (var first = 1; first <= Points; first++)
            {
                Run([(first, moment)]);
                var again = stride > 0 && first % stride == 0;
                for (var second = 1; again; second++)
                {
                    again = Run([(first, moment), (second, moment)])[1].Crashed;
                }
            }
        }
    }

    /// <summary>One run with these crashes, one for each life from the first; returns the lives.</summary>
    public IReadOnlyList<CrashPoint> Run(IReadOnlyList<(int At, CrashMoment Moment)> crashes)
    {
        Runs++;
        using var world = makeWorld();
        var lives = new List<CrashPoint>();
        try
        {
            var scenario = makeScenario(world);
            var phase = 0;
            var begun = -1;
            do
            {
                var (at, moment) = lives.Count < crashes.Count ? crashes[lives.Count] : (int.MaxValue, CrashMoment.Before);
                lives.Add(new CrashPoint(at, moment));
                if (!Live(world, scenario, lives[^1], ref phase, ref begun))
                {
                    world.Die();
                }
            }
            while (lives[^1].Crashed);

            world.Pump.Run(scenario.Check, PhaseLimit);
            Assert.Empty(world.Pump.Strays);
        }
        catch (Exception e) when (e is not CrashException)
        {
            var story = string.Join(
                ", then ", lives.Select(life => life.Crashed ? $"dead at call {life.Count}, {life.CrashedAt}" : "alive"));
            throw new InvalidOperationException($"With crashes [{string.Join(" ", crashes)}] ({story}): {e.Message}", e);
        }

        return lives;
    }

    // One life of a daemon; true when it lived to the end of the scenario and was stopped in peace.
    private bool Live(CrashWorld world, CrashScenario scenario, CrashPoint crash, ref int phase, ref int begun)
    {
        using var stop = new CancellationTokenSource();
        var daemon = StartAsync(world, crash, stop.Token);
        for (; phase < scenario.Phases.Count; phase++)
        {
            var current = scenario.Phases[phase];
            if (begun < phase)
            {
                begun = phase;
                current.Begin();
            }

            var reached = world.Pump.Run(() => daemon.Value is { IsCompleted: true } || current.Reached(), PhaseLimit);
            if (daemon.Value is { IsCompleted: true })
            {
                break;
            }

            Assert.True(reached, $"Phase \"{current.Name}\" was not reached in {PhaseLimit}.");
            if (current.Check is { } check)
            {
                world.Pump.Run(check, PhaseLimit);
            }
        }

        // Rest: acknowledgements are written, and whatever should not happen has time to.
        var rest = world.Time.Elapsed + TimeSpan.FromSeconds(90);
        world.Pump.Run(() => daemon.Value is { IsCompleted: true } || world.Time.Elapsed >= rest, TimeSpan.FromSeconds(120));
        stop.Cancel();
        Assert.True(world.Pump.Run(() => daemon.Value is { IsCompleted: true }, PhaseLimit), "The daemon did not end.");
        if (!crash.Crashed)
        {
            Assert.True(daemon.Value!.IsCanceled, $"The daemon ended by itself: {daemon.Value.Exception}");
        }

        return !crash.Crashed;
    }

    private StartedDaemon StartAsync(CrashWorld world, CrashPoint crash, CancellationToken ct)
    {
        var started = new StartedDaemon();
        world.Pump.Post(_ => started.Value = RunDaemonAsync(world, crash, ct), null);
        return started;
    }

    private async Task RunDaemonAsync(CrashWorld world, CrashPoint crash, CancellationToken ct)
    {
        var machine = new ObservedMachine(world.Machine, crash);
        var engine = await Engine.OpenAsync(machine, new MortalExplorer(world.Explorer, crash), setup, ct);
        await engine.RunAsync(ct);
    }

    private sealed class StartedDaemon
    {
        public Task? Value { get; set; }
    }
}

using Provision.Machine.Simulated.Faults;
using Provision.Machine.Simulated.Time;
using Provision.Provisioning;
using Provision.Provisioning.Sources;
using Provision.Reservations.Faults;
using Provision.Simulation.Checkers;
using Provision.Simulation.Faults;

namespace Provision.Simulation;

/// <summary>
/// One life of a node's daemon: the engine on a thread of its own, whose calls of the machine meet what the seed holds for them.
/// </summary>
public sealed class Daemon : IMachineObserver
{
    /// <summary>How long a step may take.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Hung = TimeSpan.FromSeconds(75);

    private readonly FaultModel faults;
    private readonly Checks checks;
    private readonly ProcessContext context;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? stopping;

    /// <summary>Not begun yet.</summary>
    public Daemon(FleetNode node, Pump pump, FaultModel faults, Checks checks)
    {
        (Node, this.faults, this.checks) = (node, faults, checks);
        context = new ProcessContext(pump, Dies);
    }

    /// <summary>What a call of a dead process comes to.</summary>
    public static ValueTask Never => new(new TaskCompletionSource().Task);

    /// <summary>Whose it is.</summary>
    public FleetNode Node { get; }

    /// <summary>The engine, once its journal is read.</summary>
    public Engine? Engine { get; private set; }

    /// <summary>True when it was killed.</summary>
    public bool IsDead => context.IsDead;

    /// <summary>Starts it; ends when it is killed or has stopped. An exception is a defect of the engine.</summary>
    public Task RunAsync(IExplorer explorer, EngineSetup setup)
    {
        context.Post(_ => _ = LiveAsync(explorer, setup), null);
        return ended.Task;
    }

    /// <summary>It runs no more.</summary>
    public void Kill()
    {
        context.Kill();
        ended.TrySetResult();
    }

    /// <summary>It stands still.</summary>
    public void Pause() => context.Pause();

    /// <summary>It goes on.</summary>
    public void Resume() => context.Resume();

    /// <summary>It is asked to stop, as its supervisor does.</summary>
    public void Stop() => context.Post(_ => stopping?.Invoke(), null);

    /// <summary>The call takes longer than its deadline.</summary>
    public async ValueTask HangAsync(MachineCall call)
    {
        checks.All.ForEach(check => check.Hangs(this, call));
        await Node.Machine.Clock.Time.DelayAsync(Hung, CancellationToken.None);
        checks.All.ForEach(check => check.Returns(this, call));
    }

    /// <inheritdoc/>
    public ValueTask BeforeAsync(MachineCall call)
    {
        if (IsDead)
        {
            return Never;
        }

        Node.Begins(call);
        checks.All.ForEach(check => check.Begins(this, call));
        return Meddle(MachineFaults.Before, call);
    }

    /// <inheritdoc/>
    public bool Skips(MachineCall call)
    {
        var lies = MachineFaults.CanLie(call) && faults.Draw(FaultKinds.CallLies);
        if (lies)
        {
            Node.LiedAbout(call);
        }

        return lies;
    }

    /// <inheritdoc/>
    public ValueTask AfterAsync(MachineCall call)
    {
        Node.Journal.Read();
        if (Engine is not null && call.Verb == "flush")
        {
            Node.Marked();
        }

        return Meddle(MachineFaults.After, call);
    }

    private ValueTask Meddle(IReadOnlyList<MachineFault> table, MachineCall call)
    {
        foreach (var fault in table)
        {
            if (fault.Meets(call) && faults.Draw(fault.Kind))
            {
                Node.Note($"{fault.Kind.Name}: {call}");
                return fault.Act(this, call, fault.Kind);
            }
        }

        return ValueTask.CompletedTask;
    }

    private bool Dies()
    {
        if (!faults.Draw(FaultKinds.KillBetween))
        {
            return false;
        }

        Node.Kill();
        return true;
    }

    private void StopIfRuns(CancellationTokenSource stop)
    {
        if (!ended.Task.IsCompleted)
        {
            stop.Cancel();
        }
    }

    private async Task LiveAsync(IExplorer explorer, EngineSetup setup)
    {
        using var stop = new CancellationTokenSource();
        stopping = () => StopIfRuns(stop);
        try
        {
            Engine = await Engine.OpenAsync(new ObservedMachine(Node.Machine, this), explorer, setup, stop.Token);
        }
        catch (FaultException e)
        {
            // A disk that does not answer at the start ends the daemon; its supervisor starts it again.
            Node.Note($"did not start: {e.Fault}");
            ended.TrySetResult();
            return;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            ended.TrySetResult();
            return;
        }

        try
        {
            checks.All.ForEach(check => check.Starts(this));
            await Engine.RunAsync(stop.Token);
            ended.TrySetException(new InvalidOperationException("the engine ended by itself"));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            ended.TrySetResult();
        }
        catch (Exception e)
        {
            ended.TrySetException(e);
        }
    }
}

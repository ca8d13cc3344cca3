using System.Numerics;
using Microsoft.Extensions.Logging;
using Provision.Machine;
using Provision.Machine.Containers;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Needs;
using Provision.Provisioning.Supervision;
using Provision.Provisioning.Telemetry;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Saga;

/// <summary>
/// Makes the moves of one workload until it rests. Before it touches the machine it waits until everything it relies on is durable;
/// what it writes afterwards goes out with whatever is written next. This is the workload boundary: whatever a step throws is a
/// fault of that workload and of no other.
/// </summary>
public sealed partial class SagaRunner
{
    private readonly IMachine machine;
    private readonly Ledger ledger;
    private readonly Supervisor supervisor;
    private readonly EngineOptions options;
    private readonly Backoff backoff;
    private readonly ILogger<SagaRunner> log;
    private readonly Dictionary<Workload, CancellationTokenSource> doing = [];

    /// <summary>Listens to the ledger from now on: what is withdrawn need not be finished first.</summary>
    public SagaRunner(
        IMachine machine, Ledger ledger, Supervisor supervisor, EngineOptions options, Backoff backoff, ILogger<SagaRunner> log)
    {
        (this.machine, this.ledger, this.supervisor, this.options, this.backoff, this.log) =
            (machine, ledger, supervisor, options, backoff, log);
        ledger.Appended += (workload, entry) =>
        {
            if (entry is Entry.Withdrawn && doing.TryGetValue(workload, out var stop))
            {
                stop.Cancel();
            }
        };
    }

    /// <summary>Makes moves until there is none; returns how long to wait before the next attempt when one failed, else null.</summary>
    public async Task<TimeSpan?> RunAsync(Workload workload, CancellationToken ct)
    {
        TimeSpan? retry = null;
        for (var more = true; more && retry is null && !ct.IsCancellationRequested;)
        {
            retry = await ExamineAsync(workload, ct);
            if (retry is null && !ct.IsCancellationRequested)
            {
                var move = NeedRules.Next(ledger, workload);
                more = move is not (Move.Rest or Move.Wait);
                retry = supervisor.Hold(workload, move) ?? await MakeAsync(workload, move, ct);
            }
        }

        await ledger.Durable;
        return retry;
    }

    private async Task<TimeSpan?> ExamineAsync(Workload workload, CancellationToken ct)
    {
        if (!supervisor.Doubts(workload))
        {
            return null;
        }

        Container? seen = null;
        var fault = await AttemptAsync(
            workload, "look", null, options.StepDeadline, async (_, token) => seen = await supervisor.LookAsync(workload, token), ct);
        if (fault is not null)
        {
            return ct.IsCancellationRequested ? null : backoff.After(workload.Attempts);
        }

        supervisor.Judge(workload, seen);
        return null;
    }

    private async Task<TimeSpan?> MakeAsync(Workload workload, Move move, CancellationToken ct)
    {
        switch (move)
        {
            case Move.Do(var step):
                return await DoAsync(workload, step, ct);
            case Move.Undo(var step):
                return await UndoAsync(workload, step, ct);
            case Move.GoLive:
                LogLive(workload.Digest);
                Append(workload, new Entry.Live(ledger.Answer(workload, workload.State.Expired ? ReceiptState.Expired : ReceiptState.Ok)));
                return null;
            case Move.Close:
                LogClosed(workload.Digest);
                Append(workload, new Entry.Closed(ledger.Answer(workload, ReceiptState.Deleted, workload.State.Why)));
                return null;
            case Move.Wait(var fault) when NeedRules.IsUntold(workload, move):
                Append(workload, workload.State.Unwinding
                    ? new Entry.Stuck(fault, ledger.Answer(workload, ReceiptState.Error, fault))
                    : new Entry.Degraded(fault, ledger.Answer(workload, ReceiptState.Degraded, fault)));
                return null;
            default:
                return null;
        }
    }

    private async Task<TimeSpan?> DoAsync(Workload workload, int step, CancellationToken ct)
    {
        if (step == workload.State.Started)
        {
            Append(workload, new Entry.Started(step));
        }

        var plan = workload.Plan.Steps[step];
        var fault = await DoUnlessWithdrawnAsync(workload, plan, ct);
        if (ct.IsCancellationRequested)
        {
            return null;
        }

        // A withdrawal may have come while the step ran: then what it did is undone, done or not.
        if (fault is null || workload.State.Unwinding)
        {
            LogStepDone(workload.Digest, step, plan.GetType().Name);
            workload.Ensured = step + 1;
            workload.Attempts = 0;
            if (step == workload.State.Done && !workload.State.Unwinding)
            {
                Append(workload, new Entry.Done(step));
            }

            return null;
        }

        LogStepFailed(workload.Digest, step, workload.Attempts, fault);
        if (workload.State.Live)
        {
            if (workload.State.Degraded is null)
            {
                Append(workload, new Entry.Degraded(fault, ledger.Answer(workload, ReceiptState.Degraded, fault)));
            }

            return backoff.After(workload.Attempts);
        }

        if (fault.Transient && workload.Attempts < options.AttemptsMax)
        {
            return backoff.After(workload.Attempts);
        }

        Append(workload, new Entry.Failed(step, fault, ledger.Answer(workload, ReceiptState.Error, fault)));
        workload.Attempts = 0;
        return null;
    }

    private async Task<TimeSpan?> UndoAsync(Workload workload, int step, CancellationToken ct)
    {
        var plan = workload.Plan.Steps[step];
        var fault = await AttemptAsync(workload, "undo", plan, options.StepDeadline, plan.UndoAsync, ct);
        if (ct.IsCancellationRequested)
        {
            return null;
        }

        if (fault is null)
        {
            LogStepUndone(workload.Digest, step, plan.GetType().Name);
            Append(workload, new Entry.Undone(step));
            return null;
        }

        LogUndoFailed(workload.Digest, step, workload.Attempts, fault);
        if (workload.Attempts >= options.StuckAfter && IsNews(workload, fault))
        {
            Append(workload, new Entry.Stuck(fault, ledger.Answer(workload, ReceiptState.Error, fault)));
        }

        return backoff.After(workload.Attempts);
    }

    // Many attempts must not fill the journal: of another reason than the one that was said, only the 8th, 16th, … is.
    private static bool IsNews(Workload workload, Fault fault) => workload.State.Stuck is not { } said
        || (said.What != fault.What && BitOperations.IsPow2(workload.Attempts));

    private async Task<Fault?> DoUnlessWithdrawnAsync(Workload workload, Step step, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        doing.Add(workload, stop);
        try
        {
            return await AttemptAsync(workload, "do", step, step.Deadline ?? options.StepDeadline, step.DoAsync, stop.Token);
        }
        finally
        {
            doing.Remove(workload);
        }
    }

    private async Task<Fault?> AttemptAsync(
        Workload workload,
        string verb,
        Step? step,
        TimeSpan limit,
        Func<IMachine, CancellationToken, ValueTask> effect,
        CancellationToken ct)
    {
        await ledger.Durable;
        var span = EngineTelemetry.BeginStep(workload, verb, step);
        var began = machine.Clock.Time.GetTimestamp();
        var fault = await TryAsync(workload, limit, effect, ct);
        EngineTelemetry.EndStep(span, workload, verb, step, machine.Clock.Time.GetElapsedTime(began), fault);
        return fault;
    }

    private async Task<Fault?> TryAsync(
        Workload workload, TimeSpan limit, Func<IMachine, CancellationToken, ValueTask> effect, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(limit, machine.Clock.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            await effect(machine, either.Token);
            (workload.Attempts, workload.Trouble) = (0, null);
            return null;
        }
        catch (Exception e)
        {
            workload.Attempts++;
            workload.Trouble = e switch
            {
                FaultException known => known.Fault,
                OperationCanceledException when deadline.IsCancellationRequested =>
                    new Fault(
                        FaultCode.Unavailable,
                        $"The step took longer than {limit}",
                        "It is tried again; see what the machine is busy with."),
                OperationCanceledException when ct.IsCancellationRequested =>
                    new Fault(
                        FaultCode.Unavailable, "The step was given up before its end", "It is undone, or made again by the next start."),
                _ => new Fault(FaultCode.Internal, $"A defect in the step: {e}", "Report it with this text."),
            };
            return workload.Trouble;
        }
    }

    private void Append(Workload workload, Entry entry)
    {
        // Not awaited here: every action, and the end of the run, awaits all that was appended before it.
        _ = ledger.AppendAsync(workload, entry);
    }

    [LoggerMessage(LogLevel.Information, "{Order} is live")]
    private partial void LogLive(Digest order);

    [LoggerMessage(LogLevel.Information, "{Order} is closed: nothing is left of it")]
    private partial void LogClosed(Digest order);

    [LoggerMessage(LogLevel.Debug, "{Order}, step {Step} is done: {Name}")]
    private partial void LogStepDone(Digest order, int step, string name);

    [LoggerMessage(LogLevel.Debug, "{Order}, step {Step} is undone: {Name}")]
    private partial void LogStepUndone(Digest order, int step, string name);

    [LoggerMessage(LogLevel.Warning, "{Order}, step {Step}, attempt {Attempt}: {Fault}")]
    private partial void LogStepFailed(Digest order, int step, int attempt, Fault fault);

    [LoggerMessage(LogLevel.Warning, "{Order}, undo of step {Step}, attempt {Attempt}: {Fault}")]
    private partial void LogUndoFailed(Digest order, int step, int attempt, Fault fault);
}

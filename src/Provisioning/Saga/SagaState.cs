using Provision.Provisioning.Journal;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Saga;

/// <summary>
/// Where a workload stands: a pure function of its journal entries. Illegal sequences are refused, so that a journal that lost lines is
/// noticed. Steps start in order and are undone in reverse, so numbers say all: how many started, how many are done, how many undos
/// are owed.
/// </summary>
public sealed record SagaState
{
    /// <summary>No entry yet.</summary>
    public static SagaState None { get; } = new();

    /// <summary>True from the first entry on.</summary>
    public bool Known { get; private init; }

    /// <summary>The number of steps in the plan.</summary>
    public int Steps { get; private init; }

    /// <summary>How many steps were started.</summary>
    public int Started { get; private init; }

    /// <summary>How many steps were done, once. History, not proof.</summary>
    public int Done { get; private init; }

    /// <summary>How many undos are owed: every step that started, not only those that finished.</summary>
    public int Owed { get; private init; }

    /// <summary>It lived once: from then on a failure degrades, and only a withdrawal destroys.</summary>
    public bool Live { get; private init; }

    /// <summary>What is broken of a live workload, or null.</summary>
    public Fault? Degraded { get; private init; }

    /// <summary>Why it could not be made, or null.</summary>
    public Fault? Failed { get; private init; }

    /// <summary>The lease is over and the data waits for the end of the grace period.</summary>
    public bool Expired { get; private init; }

    /// <summary>It has to go.</summary>
    public bool Withdrawn { get; private init; }

    /// <summary>Why the node itself withdrew it: what it builds on ended. Null when its owner or its lease did.</summary>
    public Fault? Why { get; private init; }

    /// <summary>Why it cannot be removed, or null.</summary>
    public Fault? Stuck { get; private init; }

    /// <summary>Nothing is left of it.</summary>
    public bool Closed { get; private init; }

    /// <summary>What was started has to be undone.</summary>
    public bool Unwinding => Withdrawn || Failed is not null;

    /// <summary>What comes next, as far as this order alone is concerned.</summary>
    /// <param name="ensured">How many steps were ensured since this daemon started; memory only, because done is history.</param>
    public Move Next(int ensured) => this switch
    {
        { Known: false } or { Closed: true } => new Move.Rest(),
        { Unwinding: true, Owed: > 0 } => new Move.Undo(Owed - 1),
        { Unwinding: true } => new Move.Close(),
        { Live: true } when ensured < Steps => new Move.Do(ensured),
        { Live: true, Degraded: not null } => new Move.GoLive(),
        { Live: true } => new Move.Rest(),
        _ when ensured < Steps => new Move.Do(ensured),
        _ => new Move.GoLive(),
    };

    /// <summary>The state after one more entry.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.DataLoss"/>: this entry cannot follow.</exception>
    public SagaState Apply(Entry entry)
    {
        Require(entry is Entry.Planned or Entry.Refused ? !Known : Known, entry);
        Require(!Closed || entry is Entry.Acknowledged, entry);
        switch (entry)
        {
            case Entry.Planned planned:
                return this with { Known = true, Steps = planned.Steps.Count };
            case Entry.Refused:
                return this with { Known = true, Closed = true };
            case Entry.Started(var step):
                Require(!Unwinding && step == Started && step < Steps, entry);
                return this with { Started = step + 1, Owed = step + 1 };
            case Entry.Done(var step):
                Require(!Unwinding && step == Done && step < Started, entry);
                return this with { Done = step + 1 };
            case Entry.Failed(var step, var fault, _):
                Require(!Unwinding && !Live && step < Started, entry);
                return this with { Failed = fault };
            case Entry.Live:
                Require(!Unwinding && Done == Steps, entry);
                return this with { Live = true, Degraded = null };
            case Entry.Degraded(var fault, _):
                Require(!Unwinding && Live, entry);
                return this with { Degraded = fault };
            case Entry.Extended:
                Require(!Unwinding, entry);
                return this with { Expired = false };
            case Entry.Expired:
                Require(!Unwinding && !Expired, entry);
                return this with { Expired = true };
            case Entry.Withdrawn(_, var why):
                Require(!Withdrawn, entry);
                return this with { Withdrawn = true, Why = why };
            case Entry.Undone(var step):
                Require(Unwinding && step == Owed - 1, entry);
                return this with { Owed = step };
            case Entry.Stuck(var fault, _):
                Require(Unwinding, entry);
                return this with { Stuck = fault };
            case Entry.Closed:
                Require(Unwinding && Owed == 0, entry);
                return this with { Closed = true, Stuck = null };
            case Entry.Acknowledged:
                return this;
            default:
                throw Illegal(entry);
        }
    }

    private void Require(bool legal, Entry entry)
    {
        if (!legal)
        {
            throw Illegal(entry);
        }
    }

    private FaultException Illegal(Entry entry) => new(
        FaultCode.DataLoss,
        $"\"{entry.GetType().Name}\" cannot follow what the journal holds of this order "
        + $"({Started} started, {Done} done, {Owed} owed of {Steps})",
        "Entries are missing: the order is set aside and owns what carries its mark.");
}

using Provision.Machine.Simulated.Faults;
using Provision.Provisioning.Journal;
using Provision.Reservations;
using Provision.Reservations.Feed;

namespace Provision.Simulation.Checkers;

/// <summary>
/// Watches for one promise. What breaks it is kept for the end, because what is thrown inside a step is contained there.
/// </summary>
public abstract class Checker
{
    private const int FailuresMax = 20;
    private readonly List<string> failures = [];

    /// <summary>What went against the promise.</summary>
    public IReadOnlyList<string> Failures => failures;

    /// <summary>A daemon read its journal and is about to run.</summary>
    public virtual void Starts(Daemon daemon)
    {
    }

    /// <summary>A daemon is about to make a call of the machine.</summary>
    public virtual void Begins(Daemon daemon, MachineCall call)
    {
    }

    /// <summary>A call takes long: it is under way until it returns.</summary>
    public virtual void Hangs(Daemon daemon, MachineCall call)
    {
    }

    /// <summary>A call that took long is over.</summary>
    public virtual void Returns(Daemon daemon, MachineCall call)
    {
    }

    /// <summary>A node asks for what is new after a place.</summary>
    public virtual void Polls(FleetNode node, FeedCursor after)
    {
    }

    /// <summary>A node sends a receipt, once more or for the first time.</summary>
    public virtual void Sends(FleetNode node, Receipt receipt)
    {
    }

    /// <summary>A line about the end of a lease is durable.</summary>
    public virtual void Becomes(FleetNode node, JournalLine line)
    {
    }

    /// <summary>A minute without faults is over.</summary>
    public virtual void Calms(Fleet fleet, TimeSpan sinceFaults)
    {
    }

    /// <summary>Everything is over: every lease, every grace period.</summary>
    public virtual Task EndAsync(Fleet fleet) => Task.CompletedTask;

    /// <summary>The promise is broken.</summary>
    protected void Fail(string what)
    {
        if (failures.Count < FailuresMax)
        {
            failures.Add(what);
        }
    }
}

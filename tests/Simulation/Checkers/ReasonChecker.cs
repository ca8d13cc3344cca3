using Provision.Machine.Simulated.Faults;

namespace Provision.Simulation.Checkers;

/// <summary>Verify, then journal, then act: no effect on storage, networks or containers before its reason is durable.</summary>
public sealed class ReasonChecker : Checker
{
    /// <inheritdoc/>
    public override void Begins(Daemon daemon, MachineCall call)
    {
        if (!call.IsOwned())
        {
            return;
        }

        var (journal, owner) = (daemon.Node.Journal, call.OwnerText());
        if (!(call.TakesAway() ? journal.Holds(owner, "failed", "withdrawn", "closed") : journal.Holds(owner, "started")))
        {
            Fail($"{daemon.Node.Name}: {call} has no durable reason");
        }
    }
}

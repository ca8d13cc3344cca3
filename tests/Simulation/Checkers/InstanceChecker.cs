using Provision.Machine.Simulated.Faults;

namespace Provision.Simulation.Checkers;

/// <summary>
/// G6 (b): one workload never runs twice. While a call about it is under way no other is made: there each of two would make one. And what
/// is closed is not started again.
/// </summary>
public sealed class InstanceChecker : Checker
{
    private readonly Dictionary<(Daemon Daemon, string Owner), MachineCall> underWay = [];

    /// <inheritdoc/>
    public override void Begins(Daemon daemon, MachineCall call)
    {
        if (call.IsOwned() && underWay.GetValueOrDefault((daemon, call.OwnerText())) is { } other)
        {
            Fail($"{daemon.Node.Name}: {call} while {other.Port} {other.Verb} is under way");
        }

        if (call is { Port: "containers", Verb: "ensure" } && daemon.Node.Journal.Holds(call.Subject, "closed") && !daemon.Node.Damage.Any)
        {
            Fail($"{daemon.Node.Name}: {call} after it was closed");
        }
    }

    /// <inheritdoc/>
    public override void Hangs(Daemon daemon, MachineCall call)
    {
        if (call.IsOwned())
        {
            underWay[(daemon, call.OwnerText())] = call;
        }
    }

    /// <inheritdoc/>
    public override void Returns(Daemon daemon, MachineCall call) => underWay.Remove((daemon, call.OwnerText()));
}

using Provision.Machine.Simulated.Faults;
using Provision.Reservations;

namespace Provision.Simulation.Checkers;

/// <summary>
/// Nothing is taken away from under what uses it. A user whose order was lost with its journal is none that a node can know of.
/// </summary>
public sealed class UseChecker(Scope scope) : Checker
{
    /// <inheritdoc/>
    public override void Begins(Daemon daemon, MachineCall call)
    {
        var node = daemon.Node;
        if (call is { Port: "storage", Verb: "remove" }
            && Belongings.Containers(node.Machine).Any(container =>
                scope.Covers(node, container.Owner) && Uses(node, container.Owner, call.Subject)))
        {
            Fail($"{node.Name}: {call} is from under a container");
        }

        if (call is { Port: "networks", Verb: "release" } && IsLastHold(node, call.Subject))
        {
            Fail($"{node.Name}: {call} is from under the network's members");
        }
    }

    private static bool Uses(FleetNode node, Digest owner, string volume) =>
        node.Machine.Containers.FindOrder(owner) is { } order
        && order.Mounts.Select(mount => mount.Volume).Append(order.Root).Any(name => name.ToString() == volume);

    // One of whom the machine said that it had left is still there, or one that it said held it does not, and nobody can know.
    private bool IsLastHold(FleetNode node, string subject) => Belongings.Networks(node.Machine).Any(network =>
        network is { Holders: [var holder] }
        && subject == $"{network.Id}/{holder}"
        && !node.Lied(network.Id)
        && network.Members.Any(member => scope.Covers(node, member.Owner)));
}

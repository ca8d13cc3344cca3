using Provision.Machine.Simulated.Faults;
using Provision.Provisioning.Journal;
using Provision.Reservations;

namespace Provision.Simulation.Checkers;

/// <summary>G6 (f): nothing is made, and nothing ended or prolonged, that the owner did not sign for this node.</summary>
public sealed class SignatureChecker(FleetUser user) : Checker
{
    /// <inheritdoc/>
    public override void Begins(Daemon daemon, MachineCall call)
    {
        if (call.IsOwned() && !IsOrdered(daemon.Node, call.OwnerText()))
        {
            Fail($"{daemon.Node.Name}: {call} is for an order that nobody signed for this node");
        }
    }

    /// <inheritdoc/>
    public override void Becomes(FleetNode node, JournalLine line)
    {
        FollowUp? follow = line.Entry switch
        {
            Entry.Withdrawn withdrawn => withdrawn.Order,
            Entry.Expired expired => expired.Order,
            Entry.Extended extended => extended.Order,
            _ => null,
        };
        if (follow is not null && !user.Signed.Contains(follow.ComputeDigest()))
        {
            Fail($"{node.Name}: a {follow.Sort} of {line.Order.Short} was taken that its owner did not sign");
        }
    }

    /// <inheritdoc/>
    public override Task EndAsync(Fleet fleet)
    {
        foreach (var node in fleet.Nodes)
        {
            foreach (var owner in node.Journal.Owners.Where(owner => owner != "node" && !IsOrdered(node, owner)))
            {
                Fail($"{node.Name}: the journal has order {owner}, which nobody signed for this node");
            }
        }

        return Task.CompletedTask;
    }

    // One that the explorer did not answer for is not in the list, and signed all the same.
    private bool IsOrdered(FleetNode node, string owner) => Digest.TryParse(owner, out var digest)
        && user.Signed.Contains(digest)
        && (user.Find(digest)?.Reservation.Node ?? node.Id) == node.Id;
}

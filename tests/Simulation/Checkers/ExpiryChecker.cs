using Provision.Provisioning.Journal;

namespace Provision.Simulation.Checkers;

/// <summary>
/// G6 (e): work ends with its lease: not before it, and not long after lease and grace, whatever the wall clock said. True time is that of
/// the simulation.
/// </summary>
public sealed class ExpiryChecker(FleetUser user, Scope scope, TimeProvider time) : Checker
{
    // For what was hung or held back when the faults ended, a wall clock that was wrong when the order came, and journals that lost
    // clock marks.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(6);

    /// <inheritdoc/>
    public override void Becomes(FleetNode node, JournalLine line)
    {
        var lapsed = line.Entry is Entry.Withdrawn { Order: null, Why: null } or Entry.Expired { Order: null };
        if (lapsed && user.Find(line.Order) is { } order && !node.BootedAhead && !node.Journal.Holds(line.Order.ToString(), "expired"))
        {
            EndsNotBefore(node, line, order.Reservation.Expires);
        }
    }

    /// <inheritdoc/>
    public override void Calms(Fleet fleet, TimeSpan sinceFaults)
    {
        if (sinceFaults < Slack)
        {
            return;
        }

        // A network stays for those who use it, and its users may come and go.
        var networks = user.Placed.Select(order => order.Reservation.Created + order.Longest).DefaultIfEmpty().Max();
        foreach (var node in fleet.Nodes)
        {
            foreach (var (owner, what) in Belongings.All(node.Machine))
            {
                if (user.Find(owner) is { } order && scope.Covers(node, owner) && !(node.LiedAboutImages && what.Contains("image")))
                {
                    var end = order.Reservation.Kind == "network" ? networks : order.Reservation.Created + order.Longest;
                    if (time.GetUtcNow() > end + (2 * FleetNode.Grace) + Slack)
                    {
                        Fail($"{node.Name}: the {what} of {owner.Short} is there, and its lease ended at {end:T}");
                    }
                }
            }
        }
    }

    private void EndsNotBefore(FleetNode node, JournalLine line, DateTimeOffset end)
    {
        if (time.GetUtcNow() < end - TimeSpan.FromSeconds(1))
        {
            Fail($"{node.Name}: the lease of {line.Order.Short} was ended at {time.GetUtcNow():T}, before {end:T}");
        }
    }
}

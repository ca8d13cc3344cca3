using Provision.Provisioning.Journal;
using Provision.Reservations;

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

    private readonly Dictionary<Digest, DateTimeOffset> ends = [];

    /// <inheritdoc/>
    public override void Becomes(FleetNode node, JournalLine line)
    {
        if (user.Find(line.Order) is not { } order)
        {
            return;
        }

        switch (line.Entry)
        {
            case Entry.Extended(var extend, _, _):
                ends[line.Order] = order.Reservation.Created + extend.Duration;
                break;
            case Entry.Expired { Order: null } or Entry.Withdrawn { Order: null, Why: null }:
                EndsNotBefore(node, line, ends.GetValueOrDefault(line.Order, order.Reservation.Expires));
                break;
        }

        if (line.Entry is Entry.Expired)
        {
            // What comes next is the end of the grace period.
            ends[line.Order] = DateTimeOffset.MinValue;
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
        if (!node.BootedAhead && scope.Covers(node, line.Order) && time.GetUtcNow() + TimeSpan.FromSeconds(1) < end)
        {
            Fail($"{node.Name}: the lease of {line.Order.Short} was ended at {time.GetUtcNow():T}, before {end:T}");
        }
    }
}

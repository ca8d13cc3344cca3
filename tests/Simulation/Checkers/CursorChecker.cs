using Provision.Reservations.Feed;

namespace Provision.Simulation.Checkers;

/// <summary>
/// G6 (d): the cursor skips no change: when a node asks for what is new after a place, what happened up to there is in its journal.
/// </summary>
public sealed class CursorChecker(ExplorerSite site, Scope scope) : Checker
{
    /// <inheritdoc/>
    public override void Polls(FleetNode node, FeedCursor after)
    {
        if (after.Epoch != site.Epoch || !site.Changes.TryGetValue(node.Id, out var changes))
        {
            return;
        }

        foreach (var change in changes.Take((int)after.Sequence))
        {
            var owner = change.Order.ToString();
            var known = change.IsCancel
                ? node.Journal.Holds(owner, "refused", "failed", "withdrawn", "expired", "closed")
                : node.Journal.Holds(owner, "planned", "refused");
            if (!known && scope.Covers(node, change.Order))
            {
                Fail($"{node.Name} asks for changes after {after.Sequence} and has no "
                    + $"{(change.IsCancel ? "cancel" : "order")} {change.Order.Short}");
            }
        }
    }
}

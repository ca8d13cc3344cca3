using Provision.Reservations;

namespace Provision.Simulation.Checkers;

/// <summary>G6 (c): when a node says that nothing of an order is left, nothing is; and at the end nothing of any is.</summary>
public sealed class RemainsChecker(Scope scope) : Checker
{
    /// <inheritdoc/>
    public override void Sends(FleetNode node, Receipt receipt)
    {
        if (receipt.State != ReceiptState.Deleted || node.Lied(receipt.Reservation) || !scope.Covers(node, receipt.Reservation))
        {
            return;
        }

        foreach (var (owner, what) in Belongings.All(node.Machine))
        {
            if (owner == receipt.Reservation && !(node.LiedAboutImages && what.Contains("image")))
            {
                Fail($"{node.Name}: {owner.Short} is said to be gone and has a {what}");
            }
        }
    }

    /// <inheritdoc/>
    public override Task EndAsync(Fleet fleet)
    {
        foreach (var node in fleet.Nodes)
        {
            foreach (var (owner, what) in Belongings.All(node.Machine).Where(thing => scope.Covers(node, thing.Owner)))
            {
                Fail($"{node.Name}: the {what} of {owner.Short} is left at the end");
            }
        }

        return Task.CompletedTask;
    }
}

using Provision.Reservations;

namespace Provision.Simulation.Checkers;

/// <summary>What a node sent is one chain, from its first receipt on. Not where lines are lost: with them links of it may be.</summary>
public sealed class ChainChecker : Checker
{
    private readonly Dictionary<FleetNode, SortedDictionary<long, Receipt>> sent = [];

    /// <inheritdoc/>
    public override void Sends(FleetNode node, Receipt receipt)
    {
        if (!sent.TryGetValue(node, out var receipts))
        {
            sent[node] = receipts = [];
        }

        if (!receipts.TryAdd(receipt.Sequence, receipt) && receipts[receipt.Sequence].ComputeHash() != receipt.ComputeHash()
            && !node.Damage.Any)
        {
            Fail($"{node.Name}: receipt {receipt.Sequence} was sent as two");
        }
    }

    /// <inheritdoc/>
    public override Task EndAsync(Fleet fleet)
    {
        foreach (var node in fleet.Nodes.Where(node => !node.Damage.Any))
        {
            if (ReceiptChain.Empty.Add(sent.GetValueOrDefault(node, []).Values).Broken is { } broken)
            {
                Fail($"{node.Name}: the chain of receipts is broken: {broken}");
            }
        }

        return Task.CompletedTask;
    }
}

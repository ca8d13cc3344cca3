using Provision.Reservations;

namespace Provision.Simulation.Checkers;

/// <summary>
/// G6 (a): of each order there is one answer for each generation, whatever is sent how often; the generations have no gap; one that is
/// final is the last; and in the end there is one that is final.
/// </summary>
public sealed class AnswerChecker(ExplorerSite site, FleetUser user, Scope scope) : Checker
{
    private readonly Dictionary<Digest, SortedDictionary<long, Receipt>> said = [];

    /// <inheritdoc/>
    public override void Sends(FleetNode node, Receipt receipt)
    {
        if (!said.TryGetValue(receipt.Reservation, out var answers))
        {
            said[receipt.Reservation] = answers = [];
        }

        var (order, generation) = (receipt.Reservation, receipt.Generation);
        if (!answers.TryAdd(generation, receipt) && answers[generation].ComputeHash() != receipt.ComputeHash())
        {
            Fail(node, order, $"answer {generation} was {answers[generation].State} {answers[generation].Sequence}, and is {receipt.State} "
                + $"{receipt.Sequence}");
        }

        if (answers.Keys.Last() is var last && answers.Any(answer => answer.Key < last && IsFinal(answer.Value)))
        {
            Fail(node, order, $"answer {last} ({answers[last].State}) comes after a final one");
        }
    }

    /// <inheritdoc/>
    public override async Task EndAsync(Fleet fleet)
    {
        foreach (var order in user.Placed)
        {
            var node = fleet.Nodes.First(node => node.Id == order.Reservation.Node);
            var answers = said.GetValueOrDefault(order.Digest, []);
            if (!answers.Keys.SequenceEqual(Enumerable.Range(1, answers.Count).Select(number => (long)number)))
            {
                Fail(node, order.Digest, $"answers {string.Join(' ', answers.Keys)} were sent, which have a gap");
            }

            // What a restored explorer does not know, nobody asks it for.
            if (await site.Core.FindAsync(order.Digest) is { } view
                    ? view.Receipts is not [.., var last] || !IsFinal(last)
                    : !site.WasRestored)
            {
                Fail(node, order.Digest, $"{order.Reservation.Kind} has no final answer, but {answers.Values.LastOrDefault()?.State}");
            }
        }
    }

    private static bool IsFinal(Receipt receipt) => receipt.State is ReceiptState.Deleted or ReceiptState.Refused;

    private void Fail(FleetNode node, Digest order, string what)
    {
        if (scope.Covers(node, order))
        {
            Fail($"{node.Name}: of {order.Short}, {what}");
        }
    }
}

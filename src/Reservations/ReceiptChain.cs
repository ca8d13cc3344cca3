using Provision.Reservations.Faults;

namespace Provision.Reservations;

/// <summary>
/// The receipts of one node in their order. A chain holds when each is signed by the node, numbered without a gap, and carries the hash
/// of the one before: then nothing was taken out, put in or changed between the first and the last.
/// </summary>
/// <param name="Node">The node that signed; null when there is no receipt.</param>
/// <param name="Checked">How many receipts hold, counted from the first.</param>
/// <param name="First">The sequence of the first receipt.</param>
/// <param name="Last">The sequence of the last one that holds.</param>
/// <param name="Broken">The first link that does not hold; null: all do.</param>
public sealed record ReceiptChain(NodeId? Node, long Checked, long First, long Last, BrokenLink? Broken)
{
    /// <summary>No receipt yet.</summary>
    public static ReceiptChain Empty { get; } = new(null, 0, 0, 0, null);

    // The hash that the next receipt must carry.
    private Digest End { get; init; }

    /// <summary>The chain with these receipts more.</summary>
    public ReceiptChain Add(IEnumerable<Receipt> receipts) => receipts.Aggregate(this, (chain, receipt) => chain.Add(receipt));

    /// <summary>The chain with one receipt more; a broken chain stays as it is.</summary>
    public ReceiptChain Add(Receipt receipt)
    {
        if (Broken is not null)
        {
            return this;
        }

        return Problem(receipt) is { } reason
            ? this with { Broken = new BrokenLink(receipt.Sequence, reason) }
            : this with
            {
                Node = receipt.Node,
                Checked = Checked + 1,
                First = Checked == 0 ? receipt.Sequence : First,
                Last = receipt.Sequence,
                End = receipt.ComputeHash(),
            };
    }

    private string? Problem(Receipt receipt)
    {
        if (Node is { } node && receipt.Node != node)
        {
            return $"is by node {receipt.Node}, the ones before by {node}";
        }

        if (Node is not null && receipt.Sequence != Last + 1)
        {
            return $"follows receipt {Last}: {Last + 1} is missing";
        }

        try
        {
            receipt.Verify();
        }
        catch (FaultException e)
        {
            return $"does not verify: {e.Fault.What}";
        }

        if (Node is null)
        {
            return receipt.Sequence == 1 && !receipt.Previous.IsMissing
                ? $"is the first, and names {receipt.Previous.Short} as the one before"
                : null;
        }

        return receipt.Previous == End ? null : $"names {receipt.Previous.Short} as the hash of receipt {Last}, which is {End.Short}";
    }
}

/// <summary>Where a chain breaks.</summary>
/// <param name="Sequence">The receipt that does not fit.</param>
/// <param name="Reason">Why.</param>
public sealed record BrokenLink(long Sequence, string Reason);

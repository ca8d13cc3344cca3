using Provision.Reservations.Faults;

namespace Provision.Reservations;

/// <summary>Checks the receipts of one node, offline: each signature, and that none is missing between the first and the last.</summary>
public static class ReceiptChain
{
    /// <summary>Returns when these receipts, in rising sequence, are whole links of one chain.</summary>
    /// <exception cref="FaultException">The first link that is broken, and how.</exception>
    public static void Check(IReadOnlyList<Receipt> receipts)
    {
        for (var i = 0; i < receipts.Count; i++)
        {
            var receipt = receipts[i];
            receipt.Verify();
            if (i == 0)
            {
                if (receipt.Sequence == 1 && !receipt.Previous.IsMissing)
                {
                    throw Broken(receipt, "is the first but names one before it");
                }

                continue;
            }

            var before = receipts[i - 1];
            if (receipt.Node != before.Node)
            {
                throw Broken(receipt, $"is of node {receipt.Node}, the one before of {before.Node}");
            }

            if (receipt.Sequence != before.Sequence + 1)
            {
                throw Broken(receipt, $"follows receipt {before.Sequence}: {receipt.Sequence - before.Sequence - 1} are missing between them");
            }

            if (receipt.Previous != before.ComputeHash())
            {
                throw Broken(receipt, $"does not carry the hash of receipt {before.Sequence}");
            }
        }
    }

    private static FaultException Broken(Receipt receipt, string how) => new(
        FaultCode.DataLoss,
        $"Receipt {receipt.Sequence} {how}",
        "Somebody took out, changed or reordered receipts, or the node lost its journal: ask its farmer.");
}

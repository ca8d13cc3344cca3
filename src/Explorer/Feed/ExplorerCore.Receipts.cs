using System.Runtime.CompilerServices;
using System.Text;
using Provision.Provisioning.Sources;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Feed;

public sealed partial class ExplorerCore
{
    /// <summary>
    /// Keeps receipts of a node, all in one transaction, and answers each. Handing over again does no harm. Gaps are no fault: delivery is
    /// ordered only within one workload, and whoever reads the chain checks it.
    /// </summary>
    public async Task<IReadOnlyList<ReceiptAnswer>> AcceptReceiptsAsync(
        NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct = default)
    {
        var faults = new Fault?[receipts.Count];
        foreach (var (index, receipt) in receipts.Index())
        {
            faults[index] = await CheckAsync(node, receipt, ct);
        }

        var sound = receipts.Index().Where(pair => faults[pair.Index] is null).ToList();
        var kept = sound.Count == 0 ? [] : await store.AddReceiptsAsync(node, [.. sound.Select(pair => pair.Item)], ct);
        foreach (var (pair, hash) in sound.Zip(kept))
        {
            faults[pair.Index] = hash == pair.Item.ComputeHash() ? null : Forked(pair.Item, hash);
        }

        return [.. receipts.Select((receipt, index) => new ReceiptAnswer(receipt.Sequence, faults[index]))];
    }

    /// <summary>A node's receipts after this sequence, in their order, at most <see cref="PageMax"/>: the chain to check.</summary>
    public Task<IReadOnlyList<Receipt>> ListReceiptsAsync(NodeId node, long after, CancellationToken ct = default) =>
        store.ListReceiptsAsync(node, after, PageMax, ct);

    /// <summary>The same, each loaded when it is asked for.</summary>
    public async IAsyncEnumerable<Receipt> ReadReceiptsAsync(
        NodeId node, long after, [EnumeratorCancellation] CancellationToken ct = default)
    {
        for (var count = 0; count < PageMax; count++)
        {
            if (await store.ListReceiptsAsync(node, after, 1, ct) is not [var receipt])
            {
                yield break;
            }

            after = receipt.Sequence;
            yield return receipt;
        }
    }

    private async Task<Fault?> CheckAsync(NodeId node, Receipt receipt, CancellationToken ct)
    {
        if (receipt.Node != node)
        {
            return new Fault(
                FaultCode.Denied, $"The receipt is of node {receipt.Node}, not {node}", "Each node hands over its own receipts.");
        }

        if (Encoding.UTF8.GetByteCount(ReceiptJson.Write(receipt).Text) is > ReceiptSizeMax and var size)
        {
            return Fault.Invalid("The receipt is too large", [new Problem("", $"has {size} bytes", $"send at most {ReceiptSizeMax}")]);
        }

        try
        {
            receipt.Verify();
        }
        catch (FaultException e)
        {
            return e.Fault;
        }

        var about = await store.FindReservationAsync(receipt.Reservation, ct);
        return about?.Content.Reservation.Node == node
            ? null
            : new Fault(
                FaultCode.NotFound,
                $"The receipt is about {receipt.Reservation}, which is no reservation on node {node} here",
                "Keep it: an explorer restored from a backup may learn of the reservation again.");
    }

    private static Fault Forked(Receipt receipt, Digest kept) => new(
        FaultCode.Conflict,
        $"Receipt {receipt.Sequence} is here with hash {kept}, and this one has {receipt.ComputeHash()}: the chain of the node went back",
        "Find out why the node lost its journal: what it says now contradicts what it signed before.");
}

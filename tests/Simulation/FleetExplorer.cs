using Provision.Explorer.Feed;
using Provision.Provisioning;
using Provision.Provisioning.Sources;
using Provision.Reservations;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;

namespace Provision.Simulation;

/// <summary>The explorer's core as a node reaches it over a bad network.</summary>
public sealed class FleetExplorer(ExplorerCore core, FaultModel faults, TimeProvider time, Trace trace, FleetNode sender) : IExplorer
{
    private readonly string who = sender.Name;
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(20);
    private FeedPage? earlier;

    /// <inheritdoc/>
    public async Task<FeedPage> PollAsync(NodeId node, FeedCursor after, TimeSpan wait, CancellationToken ct)
    {
        faults.Strike("poll lost");
        if (earlier is not null && faults.Draw("poll answered with an earlier page"))
        {
            return earlier;
        }

        var page = await core.PollAsync(node, after, wait, ct);
        if (faults.Draw("poll answer held back"))
        {
            await time.DelayAsync(Held, ct);
        }

        faults.Strike("poll answer lost");
        trace.Add(who, $"polled {after.Sequence} to {page.Next.Sequence}, {page.Entries.Count} entries");
        return earlier = page;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReceiptAnswer>> SendAsync(NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct)
    {
        foreach (var receipt in receipts)
        {
            sender.Check(receipt);
        }

        faults.Strike("receipts lost");
        var answers = await core.AcceptReceiptsAsync(node, receipts, ct);
        trace.Add(who, $"sent {string.Join(' ', receipts.Select(receipt => $"{receipt.Sequence}:{receipt.State}"))}");
        faults.Strike("receipts' answer lost");
        return [.. answers.Select(answer => new ReceiptAnswer(answer.Sequence, answer.Fault))];
    }

    /// <inheritdoc/>
    public async Task RegisterAsync(NodeRegistration registration, CancellationToken ct)
    {
        faults.Strike("registration lost");
        await core.RegisterAsync(registration, ct);
    }
}

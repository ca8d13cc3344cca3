using Provision.Explorer.Feed;
using Provision.Machine.Simulated.Time;
using Provision.Provisioning;
using Provision.Provisioning.Sources;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;
using Provision.Simulation.Checkers;
using Provision.Simulation.Faults;

namespace Provision.Simulation;

/// <summary>
/// The explorer as a node reaches it over a bad network. What it does, it does on its own thread: a node that dies stops nothing.
/// </summary>
public sealed class FleetExplorer(
    ExplorerSite site, FleetNode sender, FaultModel faults, Random random, VirtualTime time, Pump pump, Checks checks) : IExplorer
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(20);

    /// <summary>For what bends pages.</summary>
    public Random Random => random;

    /// <summary>The last true page, and the place after which it begins.</summary>
    public (FeedCursor After, FeedPage Page)? Earlier { get; private set; }

    /// <inheritdoc/>
    public Task<FeedPage> PollAsync(NodeId node, FeedCursor after, TimeSpan wait, CancellationToken ct)
    {
        if (!sender.Daemon!.IsDead)
        {
            checks.All.ForEach(check => check.Polls(sender, after));
        }

        return CallAsync(async core =>
        {
            var told = await core.PollAsync(node, after, wait, ct);
            var page = await BendAsync(after, told);
            Earlier = (after, told);
            sender.Note($"polled {after.Sequence} to {page.Next.Sequence}, {page.Entries.Count} entries");
            return page;
        });
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReceiptAnswer>> SendAsync(NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct)
    {
        if (!sender.Daemon!.IsDead)
        {
            Note(receipts);
        }

        return CallAsync<IReadOnlyList<ReceiptAnswer>>(async core =>
        {
            var odd = random.Next(receipts.Count);
            var refused = faults.Draw(FaultKinds.ReceiptRefused) ? receipts[odd] : null;
            var ignored = faults.Draw(FaultKinds.ReceiptUnanswered) ? receipts[odd] : null;
            var lost = random.Next(2) == 0 ? ignored : null;
            var answers = await core.AcceptReceiptsAsync(node, [.. receipts.Where(receipt => receipt != refused && receipt != lost)], ct);
            List<ReceiptAnswer> given = [.. answers.Select(answer => new ReceiptAnswer(answer.Sequence, answer.Fault))];
            if (refused is not null)
            {
                given.Add(new ReceiptAnswer(refused.Sequence, new Fault(FaultCode.Internal, FaultKinds.ReceiptRefused.Name)));
            }

            return [.. given.Where(answer => answer.Sequence != ignored?.Sequence)];
        });
    }

    /// <inheritdoc/>
    public Task RegisterAsync(NodeRegistration registration, CancellationToken ct) => CallAsync(async core =>
    {
        await core.RegisterAsync(registration, ct);
        return true;
    });

    /// <summary>A page from before this place.</summary>
    public Task<FeedPage> ReadBackAsync(FeedCursor place) => site.Core.PollAsync(
        sender.Id, place with { Sequence = random.NextInt64(place.Sequence) }, TimeSpan.Zero, CancellationToken.None);

    private void Note(IReadOnlyList<Receipt> receipts)
    {
        sender.Note($"sends {string.Join(' ', receipts.Select(receipt => $"{receipt.Sequence}:{receipt.State}"))}");
        foreach (var receipt in receipts)
        {
            sender.LastReceipt = Math.Max(sender.LastReceipt, receipt.Sequence);
            checks.All.ForEach(check => check.Sends(sender, receipt));
        }
    }

    private async Task<FeedPage> BendAsync(FeedCursor after, FeedPage page)
    {
        foreach (var fault in PageFaults.All)
        {
            if (faults.Draws(fault.Kind) && fault.Bend(this, after, page) is { } bent)
            {
                faults.Count(fault.Kind);
                sender.Note(fault.Kind.Name);
                page = await bent;
            }
        }

        return page;
    }

    // The node's own thread may be gone when the answer comes, and in the turn in which it was killed it asks for nothing any more.
    private Task<T> CallAsync<T>(Func<ExplorerCore, Task<T>> ask)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!sender.Daemon!.IsDead)
        {
            pump.Post(_ => _ = AnswerAsync(answer, ask), null);
        }

        return answer.Task;
    }

    private async Task AnswerAsync<T>(TaskCompletionSource<T> answer, Func<ExplorerCore, Task<T>> ask)
    {
        try
        {
            answer.SetResult(await ExchangeAsync(ask));
        }
        catch (OperationCanceledException e)
        {
            answer.SetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            answer.SetException(e);
        }
    }

    private async Task<T> ExchangeAsync<T>(Func<ExplorerCore, Task<T>> ask)
    {
        Require(!sender.Link.IsCut);
        faults.Strike(FaultKinds.RequestLost);
        faults.Strike(FaultKinds.Refuses, FaultCode.Denied);
        if (faults.Draw(FaultKinds.Overloaded))
        {
            await time.DelayAsync(Late, CancellationToken.None);
            throw new FaultException(FaultCode.Unavailable, FaultKinds.Overloaded.Name);
        }

        var core = site.Core;
        var result = await ask(core);
        if (faults.Draw(FaultKinds.AnswerLate))
        {
            await time.DelayAsync(Late, CancellationToken.None);
        }

        Require(core == site.Core && !sender.Link.IsCut && !sender.Link.LosesAnswers);
        faults.Strike(FaultKinds.AnswerLost);
        return result;
    }

    private static void Require(bool connected)
    {
        if (!connected)
        {
            throw new FaultException(FaultCode.Unavailable, "the connection is broken");
        }
    }
}

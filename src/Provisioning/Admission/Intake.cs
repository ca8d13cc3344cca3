using System.Text;
using Microsoft.Extensions.Logging;
using Provision.Machine;
using Provision.Machine.Storage;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Telemetry;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Provisioning.Admission;

/// <summary>
/// Takes pages of the feed into the journal: verifies, plans or refuses, and moves the cursor last. What carries no valid signature for
/// this node leaves no trace but a line in the log: an explorer must not be able to fill the journal.
/// </summary>
public sealed partial class Intake(
    Ledger ledger, IMachine machine, CapacityBook capacity, EngineOptions options, ILogger<Intake> log)
{
    private const int RejectionsMax = 20;
    private const int ForgeriesMax = 10;
    private readonly TimeProvider time = machine.Clock.Time;
    private readonly Planner planner = new(ledger, machine, options.Policy);
    private readonly Queue<Fault> rejections = new();

    // Of what an explorer with another epoch may have lost the answers: a restored one asks for all of it again, page by page.
    // The next daemon learns from the journal which of these were not told again.
    private readonly HashSet<Digest> lost = [.. ledger.Untold];
    private int rejected;

    /// <summary>The last entries that were passed over, and why; oldest first.</summary>
    public IReadOnlyCollection<Fault> Rejections => rejections;

    /// <summary>Ends when everything on the page is durable, the cursor too.</summary>
    /// <exception cref="FaultException">
    /// The machine could not be asked for its pools. Cancels and extends were taken all the same; new orders were not, and the
    /// cursor stays.
    /// </exception>
    public async Task<PageWorth> TakeAsync(FeedPage page, CancellationToken ct)
    {
        var (pools, trouble) = page.Entries.Count == 0 ? ([], null) : await AskPoolsAsync(ct);
        if (page.Next.Epoch != ledger.Cursor.Epoch)
        {
            lost.UnionWith(ledger.Workloads.Select(workload => workload.Digest));
        }

        var durable = new List<Task>(page.Entries.Count);
        var postponed = false;
        rejected = 0;
        foreach (var entry in page.Entries)
        {
            try
            {
                if (Take(entry, pools) is { } taken)
                {
                    EngineTelemetry.CountEntry(taken: true);
                    durable.AddRange(taken);
                }
                else
                {
                    postponed = true;
                }
            }
            catch (FaultException e)
            {
                Reject(entry, e.Fault);
            }
        }

        LogRejections();
        if (postponed)
        {
            await Task.WhenAll(durable);
            throw new FaultException(trouble!);
        }

        var worth = durable.Count > 0 ? PageWorth.News : rejected < page.Entries.Count ? PageWorth.Known : PageWorth.Nothing;

        // Behind the entries in the same flush: lines are durable in their order, so the cursor never is without what it stands for.
        if (page.Next != ledger.Cursor)
        {
            durable.Add(ledger.MoveCursorAsync(page.Next));
        }

        await Task.WhenAll(durable);
        return worth;
    }

    private async Task<(IReadOnlyList<Pool>? Pools, Fault? Trouble)> AskPoolsAsync(CancellationToken ct)
    {
        try
        {
            return (await capacity.AskPoolsAsync(ct), null);
        }
        catch (FaultException e)
        {
            return (null, e.Fault);
        }
    }

    // What was appended. Null: it is a new order, and cannot be planned while the pools are not known.
    private List<Task>? Take(FeedEntry entry, IReadOnlyList<Pool>? pools)
    {
        var fed = FeedReservation.Read(StrictJson.Parse(Encoding.UTF8.GetBytes(entry.Content.Text), "feed entry"));
        var digest = fed.Reservation.ComputeDigest();
        if (ledger.SetAside.ContainsKey(digest))
        {
            return [];
        }

        var entries = new List<Task>();
        var workload = ledger.Find(digest);
        var follows = VerifyFollows(entry, fed, digest, workload?.Counter ?? 0);
        if (workload is null)
        {
            var verified = OrderVerifier.Verify(fed.Reservation, options.AcceptsVersion1);
            planner.RequireOurs(verified.Order);
            if (pools is null)
            {
                return null;
            }

            workload = ledger.Add(digest, verified.Order.Kind);
            var extended = follows.OfType<Extend>().LastOrDefault()?.Duration;
            entries.Add(ledger.AppendAsync(workload, Admit(workload, verified, extended, verified.Order.ZeroOsId ?? fed.Id, pools)));
        }

        foreach (var order in follows)
        {
            if (Follow(workload, order) is { } next)
            {
                entries.Add(ledger.AppendAsync(workload, next));
            }
        }

        if (lost.Remove(digest))
        {
            ledger.Repeat(workload);
        }

        return entries;
    }

    // A forged one must not keep the owner's own orders behind it from being taken; many of them must not keep this thread.
    private List<FollowUp> VerifyFollows(FeedEntry entry, FeedReservation fed, Digest digest, long taken)
    {
        var verified = new List<FollowUp>();
        var forgeries = 0;
        foreach (var order in fed.FollowUps.Where(order => order.Counter > taken).OrderBy(order => order.Counter))
        {
            try
            {
                verified.Add(OrderVerifier.Verify(order, fed.Reservation.User, digest).Order);
            }
            catch (FaultException e)
            {
                Reject(entry, e.Fault);
                if (++forgeries == ForgeriesMax)
                {
                    break;
                }
            }
        }

        return verified;
    }

    private Entry Admit(
        Workload workload, Verified<Reservation> verified, TimeSpan? extended, ReservationId id, IReadOnlyList<Pool> pools)
    {
        var reservation = verified.Order;
        var span = EngineTelemetry.BeginOrder(workload);
        try
        {
            var planned = planner.Plan(verified, extended, id, pools);
            EngineTelemetry.EndOrder(span, workload, null);
            LogTaken(verified.Digest, reservation.Kind, reservation.User);
            return planned;
        }
        catch (FaultException e)
        {
            EngineTelemetry.EndOrder(span, workload, e.Fault);
            LogRefused(verified.Digest, e.Fault.Brief);
            var data = workload.Module?.Result(id, null) ?? default;
            var receipt = ledger.MakeReceipt(workload, reservation.Kind, id, ReceiptState.Refused, e.Fault, data);

            // Nobody asks for the rest again, and who is refused must not fill the disk.
            return new Entry.Refused(id, reservation with { Data = CanonicalJson.Of("{}") }, receipt);
        }
    }

    private Entry? Follow(Workload workload, FollowUp order)
    {
        var state = workload.State;
        if (state.Closed || state.Withdrawn)
        {
            return null;
        }

        switch (order)
        {
            case Cancel { KeepData: true } cancel when workload.Module!.KeepsData && state.Live:
                if (state.Unwinding || state.Expired)
                {
                    return null;
                }

                var grace = ledger.LeaseClock.Anchor(options.Grace, time.GetUtcNow() + options.Grace);
                return new Entry.Expired(cancel, grace, ledger.Answer(workload, ReceiptState.Expired));
            case Cancel cancel:
                return new Entry.Withdrawn(cancel);
            case Extend extend when !state.Unwinding && LeaseRules.IsDuration(extend.Duration):
                var over = state.Expired && workload.Reservation.Created + extend.Duration <= time.GetUtcNow();
                return over ? null : Prolong(workload, extend);
            default:
                return null;
        }
    }

    private Entry.Extended Prolong(Workload workload, Extend extend)
    {
        var ends = workload.Reservation.Created + extend.Duration;

        // While the lease runs only the difference counts, so that a wall clock that was set meanwhile changes nothing.
        var remaining = workload.State.Expired
            ? ends - time.GetUtcNow()
            : ledger.LeaseClock.Remaining(workload.Lease!) + (extend.Duration - workload.Duration);
        var broken = workload.State.Degraded;
        var answer = workload.State is { Expired: true, Live: true }
            ? ledger.Answer(workload, broken is null ? ReceiptState.Ok : ReceiptState.Degraded, broken)
            : null;
        return new Entry.Extended(extend, ledger.LeaseClock.Anchor(remaining, ends), answer);
    }

    private void Reject(FeedEntry entry, Fault fault)
    {
        rejected++;
        EngineTelemetry.CountEntry(taken: false);
        rejections.Enqueue(new Fault(fault.Code, $"Feed entry {entry.Sequence} was passed over: {fault.Brief}"));
        while (rejections.Count > RejectionsMax)
        {
            rejections.Dequeue();
        }
    }

    // One line for a page: an explorer must not be able to fill the log either.
    private void LogRejections()
    {
        if (rejected > 0)
        {
            LogRejected(rejected, rejections.Last().What);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Of the last page {Count} orders were passed over. The last: {Fault}")]
    private partial void LogRejected(int count, string fault);

    [LoggerMessage(LogLevel.Information, "{Order} is taken: {Kind} of {User}")]
    private partial void LogTaken(Digest order, string kind, UserId user);

    [LoggerMessage(LogLevel.Information, "Reservation {Order} refused: {Fault}")]
    private partial void LogRefused(Digest order, string fault);
}

using System.Text;
using Microsoft.Extensions.Logging;
using Provision.Machine.Storage;
using Provision.Provisioning.Journal;
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
public sealed partial class Intake(Ledger ledger, IStorage storage, TimeProvider time, EngineOptions options, ILogger<Intake> log)
{
    private const int RejectionsMax = 20;
    private readonly Queue<Fault> rejections = new();

    /// <summary>The last entries that were passed over, and why; oldest first.</summary>
    public IReadOnlyCollection<Fault> Rejections => rejections;

    /// <summary>Ends when everything on the page is durable, the cursor too.</summary>
    /// <exception cref="FaultException">The machine could not be asked for its pools; nothing was taken.</exception>
    public async Task TakeAsync(FeedPage page, CancellationToken ct)
    {
        var pools = page.Entries.Count == 0 ? [] : await storage.ListPoolsAsync(ct);
        var durable = new List<Task>(page.Entries.Count);
        foreach (var entry in page.Entries)
        {
            try
            {
                durable.Add(Take(entry, pools));
            }
            catch (FaultException e)
            {
                Reject(entry, e.Fault);
            }
        }

        // Behind the entries in the same flush: lines are durable in their order, so the cursor never is without what it stands for.
        if (page.Next != ledger.Cursor)
        {
            durable.Add(ledger.MoveCursorAsync(page.Next));
        }

        await Task.WhenAll(durable);
    }

    private Task Take(FeedEntry entry, IReadOnlyList<Pool> pools)
    {
        var fed = FeedReservation.Read(StrictJson.Parse(Encoding.UTF8.GetBytes(entry.Content.Text), "feed entry"));
        var digest = fed.Reservation.ComputeDigest();
        if (ledger.SetAside.ContainsKey(digest))
        {
            return Task.CompletedTask;
        }

        var entries = new List<Task>();
        if (ledger.Find(digest) is not { } workload)
        {
            var verified = OrderVerifier.Verify(fed.Reservation);
            RequireOurs(verified.Order);
            workload = ledger.Add(digest, verified.Order.Kind);
            entries.Add(ledger.AppendAsync(workload, Admit(workload, verified, fed.Id, pools)));
        }

        foreach (var order in fed.FollowUps.Where(order => order.Counter > workload.Counter).OrderBy(order => order.Counter))
        {
            // A forged one must not keep the owner's own orders behind it from being taken.
            try
            {
                var verified = OrderVerifier.Verify(order, workload.Reservation.User, workload.Digest);
                if (Follow(workload, verified) is { } next)
                {
                    entries.Add(ledger.AppendAsync(workload, next));
                }
            }
            catch (FaultException e)
            {
                Reject(entry, e.Fault);
            }
        }

        return Task.WhenAll(entries);
    }

    private void RequireOurs(Reservation reservation)
    {
        if (reservation.Node != ledger.Node)
        {
            throw new FaultException(
                FaultCode.Denied,
                $"The reservation is for node {reservation.Node}",
                "The explorer mixes up its nodes: tell who runs it.");
        }
    }

    private Entry Admit(Workload workload, Verified<Reservation> verified, ReservationId id, IReadOnlyList<Pool> pools)
    {
        var reservation = verified.Order;
        try
        {
            var module = Check(verified);
            var facts = new MachineFacts(
                [.. pools.Select(pool => new PoolFacts(pool.Name, pool.Type, pool.Size, ledger.Promised(pool.Name)))]);
            var plan = module.Plan(verified.Digest, reservation.Data, facts);
            var lease = ledger.LeaseClock.Anchor(reservation.Expires - time.GetUtcNow(), reservation.Expires);
            return new Entry.Planned(id, reservation, lease, [.. plan.Steps.Select(module.WriteStep)], plan.Claims);
        }
        catch (FaultException e)
        {
            LogRefused(verified.Digest, e.Fault);
            var data = workload.Module?.Result(id, null) ?? default;
            var receipt = ledger.MakeReceipt(workload, reservation.Kind, id, ReceiptState.Refused, e.Fault, data);
            return new Entry.Refused(id, reservation, receipt);
        }
    }

    private IWorkloadModule Check(Verified<Reservation> verified)
    {
        var reservation = verified.Order;
        var module = ledger.FindModule(reservation.Kind);
        var problems = LeaseRules.Check(reservation, time.GetUtcNow()).ToList();
        if (module is null)
        {
            problems.Add(new Problem(
                "/reservation/type", "is of a kind that this node does not provide", "order it from a node that does"));
        }
        else
        {
            problems.AddRange(module.Validate(reservation.Data));
        }

        if (problems.Count > 0)
        {
            throw new FaultException(Fault.Invalid("The reservation is not valid", problems));
        }

        if (ledger.FindNonce(reservation.User, reservation.Nonce) is { } other)
        {
            throw new FaultException(Fault.Invalid(
                "The nonce was used before",
                [new Problem("/reservation/nonce", $"is that of reservation {other.Short}", "sign the order with a new nonce")])
                with { Code = FaultCode.Conflict });
        }

        return module!;
    }

    private Entry? Follow(Workload workload, Verified<FollowUp> verified)
    {
        var state = workload.State;
        if (state.Closed || state.Withdrawn)
        {
            return null;
        }

        switch (verified.Order)
        {
            case Cancel { KeepData: true } cancel when workload.Module!.KeepsData && state.Live:
                if (state.Unwinding || state.Expired)
                {
                    return null;
                }

                var grace = ledger.LeaseClock.Anchor(options.Grace, time.GetUtcNow() + options.Grace);
                return new Entry.Expired(cancel, grace, Answer(workload, ReceiptState.Expired));
            case Cancel cancel:
                return new Entry.Withdrawn(cancel);
            case Extend extend when !state.Unwinding && !LeaseRules.Check(extend, time.GetUtcNow()).Any():
                return Prolong(workload, extend);
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
            ? Answer(workload, broken is null ? ReceiptState.Ok : ReceiptState.Degraded, broken)
            : null;
        return new Entry.Extended(extend, ledger.LeaseClock.Anchor(remaining, ends), answer);
    }

    private Receipt Answer(Workload workload, ReceiptState state, Fault? fault = null) =>
        ledger.MakeReceipt(workload, state, fault, workload.Module!.Result(workload.Id, workload.Plan));

    private void Reject(FeedEntry entry, Fault fault)
    {
        LogRejected(entry.Sequence, fault);
        rejections.Enqueue(fault);
        while (rejections.Count > RejectionsMax)
        {
            rejections.Dequeue();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Feed entry {Sequence} was passed over: {Fault}")]
    private partial void LogRejected(long sequence, Fault fault);

    [LoggerMessage(LogLevel.Information, "Reservation {Order} refused: {Fault}")]
    private partial void LogRefused(Digest order, Fault fault);
}

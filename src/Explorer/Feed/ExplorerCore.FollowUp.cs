using Provision.Explorer.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Feed;

public sealed partial class ExplorerCore
{
    private async Task<SubmittedOrder> SubmitFollowUpAsync(FollowUp order, CancellationToken ct)
    {
        if (LeaseRules.Check(order, time.GetUtcNow()).ToList() is { Count: > 0 } problems)
        {
            throw new FaultException(Fault.Invalid($"The {order.Sort} is not valid", problems));
        }

        while (true)
        {
            var stored = await store.FindReservationAsync(order.Reservation, ct) ?? throw Unknown(order);
            var verified = Verify(order, stored);
            if (stored.Content.FollowUps.Any(earlier => earlier.ComputeDigest() == verified.Digest))
            {
                return new SubmittedOrder(verified.Digest, stored.Content.Id, false);
            }

            Admit(order, stored.Content, await IsKeptAsync(stored.Digest, ct));

            // Somebody may have been faster since we looked: then what we checked is old, and is checked again.
            if (await store.AddFollowUpAsync(verified, stored.Content.FollowUps.Count + 1, ct))
            {
                waiters.Wake(stored.Content.Reservation.Node);
                return new SubmittedOrder(verified.Digest, stored.Content.Id, true);
            }
        }
    }

    // The lease is over and the node keeps the data: the owner may take it up again. Trouble with what is kept does not end that.
    private async Task<bool> IsKeptAsync(Digest reservation, CancellationToken ct)
    {
        var said = await store.ListReceiptsAsync(reservation, ReservationView.ReceiptsMax, ReservationView.ReceiptsSizeMax, ct);
        return said.LastOrDefault(receipt => receipt.State is not (ReceiptState.Degraded or ReceiptState.Error))
            is { State: ReceiptState.Expired };
    }

    private void Admit(FollowUp order, FeedReservation lease, bool kept)
    {
        if (Lease.CounterOf(lease) is var last && order.Counter <= last)
        {
            throw Refuse(
                order,
                FaultCode.Conflict,
                "counter",
                $"is {order.Counter}; the last one taken is {last}",
                $"sign again with counter {last + 1}");
        }

        if (lease.FollowUps.Count >= FeedReservation.FollowUpsMax)
        {
            throw Refuse(
                order,
                FaultCode.Conflict,
                "reservation",
                $"was followed by {FeedReservation.FollowUpsMax} orders already",
                "let this lease end and make a new reservation");
        }

        if (order is Extend shorter && Lease.CancelOf(lease) is null && Lease.LengthOf(lease) is var length && shorter.Duration < length)
        {
            throw Refuse(
                order,
                FaultCode.Invalid,
                "duration",
                $"is {shorter.Duration}, and the lease has {length}",
                "give the whole length of the lease; a cancel ends it early");
        }

        if (order is not Extend extend || (kept && lease.Reservation.Created + extend.Duration > time.GetUtcNow()))
        {
            return;
        }

        if (Lease.CancelOf(lease) is not null)
        {
            throw Refuse(order, FaultCode.Conflict, "reservation", $"is {lease.Id}, which was cancelled", "make a new reservation");
        }

        if (Lease.EndOf(lease) is var end && end <= time.GetUtcNow())
        {
            throw Refuse(
                order,
                FaultCode.Conflict,
                "reservation",
                $"is {lease.Id}, whose lease ended at {Rfc3339.Format(end)}",
                "make a new reservation");
        }
    }

    private static Verified<FollowUp> Verify(FollowUp order, StoredReservation stored)
    {
        try
        {
            return OrderVerifier.Verify(order, stored.Content.Reservation.User, stored.Digest);
        }
        catch (FaultException e)
        {
            throw At($"/{order.Sort}/{(e.Fault.Code == FaultCode.Denied ? "user_id" : "signature")}", "sign it again", e);
        }
    }

    private static FaultException Unknown(FollowUp order) =>
        Refuse(
            order,
            FaultCode.NotFound,
            "reservation",
            $"is {order.Reservation}, which is not known here",
            "list yours with 'provision reservation list'");

    private static FaultException Refuse(FollowUp order, FaultCode code, string field, string reason, string remedy) =>
        new(new Fault(code, $"The {order.Sort} was not taken")
        {
            Problems = new Problems([new Problem($"/{order.Sort}/{field}", reason, remedy)]),
        });
}

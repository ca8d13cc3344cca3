using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Cli.Reservations;

/// <summary>Sends an order that follows a reservation: numbered after the last one, signed by the same user.</summary>
internal static class Sequel
{
    /// <summary>
    /// Makes, signs and sends it; returns the reservation that it follows. An order that is there already is not sent again. With
    /// <paramref name="again"/> it is numbered anew, once, when another order of the same user came first.
    /// </summary>
    /// <exception cref="FaultException"><c>Denied</c>: somebody else's reservation. <c>Conflict</c>: another order came first.</exception>
    public static async Task<(ReservationView Reservation, FollowUp Order)> SendAsync(
        Session session, string id, Func<ReservationView, long, Task<FollowUp>> make, bool again, CancellationToken ct)
    {
        var owner = session.LoadIdentity();

        // Somebody else's bad receipt must not keep an owner from ending a lease: only what the order rests on is checked.
        var view = await Lookup.FindUncheckedAsync(session, id, TimeSpan.MaxValue, ct);
        OrderVerifier.Verify(view.Orders.Reservation);
        if (view.Orders.Reservation.User != new UserId(owner.PublicKey))
        {
            throw new FaultException(
                FaultCode.Denied,
                $"Reservation {view.Id} belongs to {view.Orders.Reservation.User}, and you are {owner.PublicKey}",
                "Use the identity that signed it: --identity FILE.");
        }

        var earlier = view.Orders.FollowUps.Where(followUp => Evidence.Holds(view, followUp)).ToList();
        var made = await make(view, earlier.Select(followUp => followUp.Counter).DefaultIfEmpty().Max() + 1);
        if (earlier.Contains(made))
        {
            return (view, made);
        }

        var order = owner.Sign(made);
        var problems = LeaseRules.Check(order, session.Time.GetUtcNow()).ToList();
        if (problems.Count > 0)
        {
            throw new FaultException(Fault.Invalid("The order is not valid", problems, "Correct this; nothing was sent."));
        }

        try
        {
            await session.AskAsync((explorer, token) => explorer.SubmitAsync(order, token), ct);
            return (view, order);
        }
        catch (FaultException e) when (again && e.Fault.Code == FaultCode.Conflict)
        {
            return await SendAsync(session, id, make, again: false, ct);
        }
    }
}

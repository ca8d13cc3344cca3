using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Cli.Reservations;

/// <summary>One signed document about a reservation, and what is wrong with it; null: it is what it claims to be.</summary>
/// <param name="Document">Which one.</param>
/// <param name="Fault">Why it proves nothing.</param>
internal sealed record Finding(string Document, Fault? Fault);

/// <summary>Checks everything signed about a reservation: that it is signed, by whom it should be, about this reservation.</summary>
internal static class Evidence
{
    /// <summary>A finding for the order, for each order that followed it, and for each receipt, in this order.</summary>
    public static IReadOnlyList<Finding> Of(ReservationView view) =>
    [
        Check("order", () => OrderVerifier.Verify(view.Orders.Reservation)),
        .. view.Orders.FollowUps.Select(order => Check($"{order.Sort} {order.Counter}", () => CheckFollowUp(view, order))),
        .. view.Receipts.Select(receipt => Check($"receipt {receipt.Sequence}", () => CheckReceipt(view, receipt))),
    ];

    /// <summary>True when the user whom the reservation names signed it.</summary>
    public static bool Holds(ReservationView view) => Check("order", () => OrderVerifier.Verify(view.Orders.Reservation)).Fault is null;

    /// <summary>True when the owner signed this order about this reservation.</summary>
    public static bool Holds(ReservationView view, FollowUp order) => Check(order.Sort, () => CheckFollowUp(view, order)).Fault is null;

    private static void CheckFollowUp(ReservationView view, FollowUp order) =>
        OrderVerifier.Verify(order, view.Orders.Reservation.User, view.Digest);

    private static void CheckReceipt(ReservationView view, Receipt receipt)
    {
        receipt.Verify();
        if (receipt.Node != view.Orders.Reservation.Node || receipt.Reservation != view.Digest)
        {
            throw new FaultException(
                FaultCode.BadSignature,
                $"Receipt {receipt.Sequence} is node {receipt.Node}'s about {receipt.Reservation.Short}, which is not this reservation",
                "Ask another explorer.");
        }
    }

    private static Finding Check(string document, Action check)
    {
        try
        {
            check();
            return new Finding(document, null);
        }
        catch (FaultException e)
        {
            return new Finding(document, e.Fault);
        }
    }
}

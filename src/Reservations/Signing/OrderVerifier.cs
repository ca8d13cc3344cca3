using Provision.Reservations.Faults;

namespace Provision.Reservations.Signing;

/// <summary>The only maker of <see cref="Verified{T}"/>.</summary>
public static class OrderVerifier
{
    /// <summary>Checks a reservation's signature.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.BadSignature"/>.</exception>
    public static Verified<Reservation> Verify(Reservation reservation)
    {
        var signed = reservation.ToSignedBytes();
        SignatureCheck.Require(reservation.Signature, signed, reservation.User.Key, "reservation");
        return new Verified<Reservation>(reservation, Digest.Of(signed));
    }

    /// <summary>Checks that a cancel or extend is signed, by the owner of the reservation it is about.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.BadSignature"/>, or <see cref="FaultCode.Denied"/> for somebody else's order.
    /// </exception>
    public static Verified<FollowUp> Verify(FollowUp order, UserId owner, Digest reservation)
    {
        if (order.Reservation != reservation)
        {
            throw new FaultException(
                FaultCode.Invalid,
                $"The order is about {order.Reservation}, not {reservation}",
                "Name the reservation's digest.");
        }

        if (order.User != owner)
        {
            throw new FaultException(
                FaultCode.Denied,
                $"{order.User} does not own reservation {reservation.Short}",
                "Only the user who signed a reservation can cancel or extend it.");
        }

        var signed = order.ToSignedBytes();
        SignatureCheck.Require(order.Signature, signed, order.User.Key, order is Cancel ? "cancel" : "extend");
        return new Verified<FollowUp>(order, Digest.Of(signed));
    }
}

using Provision.Reservations.Faults;

namespace Provision.Reservations.Signing;

/// <summary>The only maker of <see cref="Verified{T}"/>.</summary>
public static class OrderVerifier
{
    /// <summary>Checks a reservation's signature.</summary>
    /// <param name="reservation">The reservation.</param>
    /// <param name="version1">True where signatures of Zero-OS's scheme are taken, too.</param>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.BadSignature"/>, or <see cref="FaultCode.Denied"/> for version 1 where it is not taken.
    /// </exception>
    public static Verified<Reservation> Verify(Reservation reservation, bool version1 = false)
    {
        if (reservation.IsVersion1 && !version1)
        {
            throw new FaultException(
                FaultCode.Denied,
                "The reservation is signed by the scheme of Zero-OS, which is not accepted here",
                $"Sign it with version {Reservation.SignatureVersion}, or have the farmer run the node with --zero-os.");
        }

        SignatureCheck.Require(reservation.Signature, reservation.ToSignedBytes(), reservation.User.Key, "reservation");
        return new Verified<Reservation>(reservation, reservation.ComputeDigest());
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

        // First: whose a reservation is, nobody learns who guesses.
        var signed = order.ToSignedBytes();
        SignatureCheck.Require(order.Signature, signed, order.User.Key, order is Cancel ? "cancel" : "extend");
        if (order.User != owner)
        {
            throw new FaultException(
                FaultCode.Denied,
                $"{order.User} does not own reservation {reservation.Short}",
                "Only the user who signed a reservation can cancel or extend it.");
        }

        return new Verified<FollowUp>(order, Digest.Of(signed));
    }
}

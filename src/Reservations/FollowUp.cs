namespace Provision.Reservations;

/// <summary>An order about an earlier reservation of the same user.</summary>
public abstract record FollowUp : Order
{
    /// <summary>The reservation that this is about.</summary>
    public required Digest Reservation { get; init; }

    /// <summary>Position among the orders that follow one reservation, from 1; what is not above the last one taken is ignored.</summary>
    public required long Counter { get; init; }
}

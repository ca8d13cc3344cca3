using Provision.Reservations.Signing;

namespace Provision.Reservations;

/// <summary>The owner gives a lease a new length.</summary>
public sealed record Extend : FollowUp
{
    /// <inheritdoc/>
    public override string Sort => "extend";

    /// <summary>The whole length of the lease, counted from the reservation's creation: repeating an extend changes nothing.</summary>
    public required TimeSpan Duration { get; init; }

    /// <inheritdoc/>
    public override byte[] ToSignedBytes() =>
        new SignedBytes("provision/extend/2")
            .Add(Reservation.ToString())
            .Add(User.ToString())
            .Add(Counter)
            .Add(Duration)
            .Add(Created)
            .ToArray();
}

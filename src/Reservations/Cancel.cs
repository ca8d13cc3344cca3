using Provision.Reservations.Signing;

namespace Provision.Reservations;

/// <summary>The owner ends a lease early.</summary>
public sealed record Cancel : FollowUp
{
    /// <inheritdoc/>
    public override string Sort => "cancel";

    /// <summary>Keep volumes and 0-db data for the grace period instead of destroying them at once.</summary>
    public bool KeepData { get; init; }

    /// <inheritdoc/>
    public override byte[] ToSignedBytes() =>
        new SignedBytes("provision/cancel/2")
            .Add(Reservation.ToString())
            .Add(User.ToString())
            .Add(Counter)
            .Add(KeepData ? 1 : 0)
            .Add(Created)
            .ToArray();
}

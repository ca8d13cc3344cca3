using Provision.Reservations;

namespace Provision.Simulation;

/// <summary>A reservation that the explorer took, and what its owner did about it since.</summary>
public sealed class FleetOrder(Reservation reservation)
{
    /// <summary>The order.</summary>
    public Reservation Reservation => reservation;

    /// <summary>Its name.</summary>
    public Digest Digest { get; } = reservation.ComputeDigest();

    /// <summary>How many follow-ups the explorer took.</summary>
    public long Follows { get; set; }

    /// <summary>The longest that its lease was ever said to be.</summary>
    public TimeSpan Longest { get; set; } = reservation.Duration;

    /// <summary>True when the order names this one, or one of its node's networks that the other one names, too.</summary>
    public bool Touches(FleetOrder other) => reservation.Node == other.Reservation.Node && (
        Names(other.Digest.ToString()) || other.Names(Digest.ToString())
        || Networks.Any(network => other.Names($"\"{network}\"") && Names($"\"{network}\"")));

    private static IEnumerable<string> Networks => ["n0", "n1"];

    private bool Names(string text) => reservation.Data.Text.Contains(text, StringComparison.Ordinal);
}

using System.Globalization;

namespace Provision.Reservations;

/// <summary>The alias <c>N-M</c> that an explorer gives a reservation (spec 01 §4.2). For people; the digest is the name.</summary>
public readonly record struct ReservationId(ulong Reservation, ulong Workload)
{
    /// <summary>Reads two unsigned decimal numbers with one dash between.</summary>
    public static bool TryParse(string? text, out ReservationId id)
    {
        id = default;
        var parts = text?.Split('-', 2);

        // TryParse takes trailing NULs for padding; we take nothing but digits.
        if (text?.Contains('\0', StringComparison.Ordinal) is true
            || parts is not { Length: 2 }
            || !ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var reservation)
            || !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var workload))
        {
            return false;
        }

        id = new ReservationId(reservation, workload);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Reservation}-{Workload}");
}

using System.Globalization;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>
/// A time as Go keeps and writes it: to the nanosecond, with the offset of whoever wrote it (package time, RFC3339Nano).
/// .NET has neither: its times end at 100 ns, and its offsets at 14 hours.
/// </summary>
/// <param name="LocalSeconds">Seconds since the first of January of year 1, as a clock at that offset showed them.</param>
/// <param name="Nanosecond">Nanoseconds behind these, 0 to 999,999,999.</param>
/// <param name="OffsetMinutes">How far that clock was ahead of UTC.</param>
public readonly record struct GoTime(long LocalSeconds, int Nanosecond, int OffsetMinutes)
{
    private const string Layout = "\"2006-01-02T15:04:05Z07:00\"";

    // The parts of the layout in their order: how Go calls them, the fewest and the most digits, and what the number may be.
    private static readonly (string Element, int DigitsMin, int DigitsMax, int Min, int Max, string Range)[] Parts =
    [
        ("\"", 0, 0, 0, 0, ""),
        ("2006", 4, 4, 0, 9999, "year"),
        ("-", 0, 0, 0, 0, ""),
        ("01", 2, 2, 1, 12, "month"),
        ("-", 0, 0, 0, 0, ""),
        ("02", 2, 2, 0, 99, "day"),
        ("T", 0, 0, 0, 0, ""),
        ("15", 1, 2, 0, 23, "hour"),
        (":", 0, 0, 0, 0, ""),
        ("04", 2, 2, 0, 59, "minute"),
        (":", 0, 0, 0, 0, ""),
        ("05", 2, 2, 0, 59, "second"),
    ];

    /// <summary>True for Go's zero time, which means that nobody set it.</summary>
    public bool IsZero => UtcSeconds == 0 && Nanosecond == 0;

    /// <summary>The moment, as nanoseconds since the first of January of year 1, UTC.</summary>
    public Int128 Nanoseconds => ((Int128)UtcSeconds * 1_000_000_000) + Nanosecond;

    private long UtcSeconds => LocalSeconds - (OffsetMinutes * 60L);

    /// <summary>The moment, cut to whole 100 ns. False before year 1 and after 9999.</summary>
    public bool TryGetMoment(out DateTimeOffset moment)
    {
        var inRange = UtcSeconds >= 0 && UtcSeconds <= DateTime.MaxValue.Ticks / TimeSpan.TicksPerSecond;
        moment = inRange ? new DateTimeOffset((UtcSeconds * TimeSpan.TicksPerSecond) + (Nanosecond / 100), TimeSpan.Zero) : default;
        return inRange;
    }

    /// <summary>The text, without quotes: digits behind the second without trailing zeros, <c>Z</c> for UTC.</summary>
    public override string ToString()
    {
        var date = new DateTime(LocalSeconds * TimeSpan.TicksPerSecond).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        var fraction = Nanosecond == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{Nanosecond:d9}").TrimEnd('0');
        var (hours, minutes) = Math.DivRem(Math.Abs(OffsetMinutes), 60);
        var zone = OffsetMinutes == 0
            ? "Z"
            : string.Create(CultureInfo.InvariantCulture, $"{(OffsetMinutes < 0 ? '-' : '+')}{hours:d2}:{minutes:d2}");
        return date + fraction + zone;
    }

    /// <summary>Reads a time of JSON.</summary>
    /// <param name="json">The whole value, quotes included, if it has any.</param>
    /// <param name="time">The time.</param>
    /// <returns>What Go says of a value that is none, or null.</returns>
    public static string? Parse(string json, out GoTime time)
    {
        time = default;
        Span<int> numbers = stackalloc int[Parts.Length];
        var rest = json.AsSpan();
        foreach (var (index, part) in Parts.Index())
        {
            if (!Take(ref rest, part.Element, part.DigitsMin, part.DigitsMax, out numbers[index]))
            {
                return Fault(json, rest, part.Element);
            }

            if (numbers[index] < part.Min || numbers[index] > part.Max)
            {
                return $"parsing time {GoText.Quote(json)}: {part.Range} out of range";
            }
        }

        var nanosecond = TakeFraction(ref rest);
        if (!TakeZone(ref rest, out var offset))
        {
            return Fault(json, rest, "Z07:00");
        }

        if (rest is not ['"', ..])
        {
            return Fault(json, rest, "\"");
        }

        if (rest.Length > 1)
        {
            return $"parsing time {GoText.Quote(json)}: extra text: {GoText.Quote(rest[1..].ToString())}";
        }

        // Go's year 0 has 366 days and lies before the time that .NET can tell.
        var (year, month, day) = (numbers[1], numbers[3], numbers[5]);
        if (year == 0 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return $"parsing time {GoText.Quote(json)}: day out of range";
        }

        var local = new DateTime(year, month, day, numbers[7], numbers[9], numbers[11], DateTimeKind.Unspecified);
        time = new GoTime(local.Ticks / TimeSpan.TicksPerSecond, nanosecond, offset);
        return null;
    }

    private static bool Take(ref ReadOnlySpan<char> rest, string element, int digitsMin, int digitsMax, out int number)
    {
        number = 0;
        if (digitsMax == 0)
        {
            if (!rest.StartsWith(element))
            {
                return false;
            }

            rest = rest[element.Length..];
            return true;
        }

        var count = Math.Min(rest.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : rest.Length, digitsMax);
        if (count < digitsMin)
        {
            return false;
        }

        number = int.Parse(rest[..count], NumberStyles.None, CultureInfo.InvariantCulture);
        rest = rest[count..];
        return true;
    }

    // Digits beyond nanoseconds are cut off. A comma is one of later versions of Go.
    private static int TakeFraction(ref ReadOnlySpan<char> rest)
    {
        if (rest is not ['.' or ',', >= '0' and <= '9', ..])
        {
            return 0;
        }

        var digits = rest[1..];
        var count = digits.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : digits.Length;
        rest = digits[count..];
        var text = digits[..Math.Min(count, 9)].ToString().PadRight(9, '0');
        return int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static bool TakeZone(ref ReadOnlySpan<char> rest, out int minutes)
    {
        minutes = 0;
        if (rest is ['Z', ..])
        {
            rest = rest[1..];
            return true;
        }

        if (rest is not ['+' or '-', _, _, ':', _, _, ..]
            || !int.TryParse(rest[1..3], NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
            || !int.TryParse(rest[4..6], NumberStyles.None, CultureInfo.InvariantCulture, out var minute))
        {
            return false;
        }

        minutes = ((hour * 60) + minute) * (rest[0] == '-' ? -1 : 1);
        rest = rest[6..];
        return true;
    }

    private static string Fault(string json, ReadOnlySpan<char> rest, string element) =>
        $"parsing time {GoText.Quote(json)} as {GoText.Quote(Layout)}: "
        + $"cannot parse {GoText.Quote(rest.ToString())} as {GoText.Quote(element)}";
}

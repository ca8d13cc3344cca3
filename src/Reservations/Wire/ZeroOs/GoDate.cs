using System.Globalization;
using System.Text.RegularExpressions;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>
/// Dates of Zero-OS's directory (pkg/schema): seconds since 1970, or <c>first/mm/last</c> with an hour behind it, where first or last is
/// the year. A date that names no year is refused: in Zero-OS it means the year in which it is read.
/// </summary>
internal static partial class GoDate
{
    /// <summary>Reads a text; its seconds since 1970, or null and what Zero-OS says.</summary>
    public static long? Read(string text, out string error)
    {
        error = $"invalid date string: {text}";
        if (text.Length == 0)
        {
            return 0;
        }

        if (Form().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var (first, month, last) = (match.Groups[1].Value, Number(match, 2), match.Groups[3].Value);
        if (first.Length == 4 && last.Length == 4)
        {
            error = $"invalid date format ambiguous year: {text}";
            return null;
        }

        var (year, day) = last.Length == 4 ? (Parse(last), Parse(first)) : (Parse(first) + (first.Length == 4 ? 0 : 2000), Parse(last));
        var hour = Number(match, 4) + (match.Groups[5].Value == "pm" ? 12 : 0);

        return StartOf(Math.Max(year, 1), month) + (((((day - 1) * 24L) + hour) * 60 + Number(match, 6)) * 60);
    }

    // Months and days past the last one run over into the next, as in Go, also past what .NET counts: the calendar repeats itself.
    private static long StartOf(int year, int month)
    {
        const int cycleYears = 400;
        const long cycleSeconds = 146_097L * 24 * 60 * 60;
        var (years, months) = Math.DivRem((12 * year) + month - 1, 12);
        var (cycles, yearInCycle) = Math.DivRem(years, cycleYears);
        var start = new DateTimeOffset(2000 + yearInCycle, months + 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        return start + ((cycles - (2000 / cycleYears)) * cycleSeconds);
    }

    private static int Number(Match match, int group) => match.Groups[group].Success ? Parse(match.Groups[group].Value) : 0;

    private static int Parse(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([0-9]{2}|[0-9]{4})/([0-9]{2})/([0-9]{2}|[0-9]{4})(?: ([0-9]{1,2})(am|pm)?:([0-9]{2}))?\z")]
    private static partial Regex Form();
}

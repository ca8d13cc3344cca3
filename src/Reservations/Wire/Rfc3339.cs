using System.Globalization;
using System.Text.RegularExpressions;

namespace Provision.Reservations.Wire;

/// <summary>Times as Go writes them: RFC 3339, trailing zeros of the second dropped, <c>Z</c> for UTC (spec 01 §1.1).</summary>
public static partial class Rfc3339
{
    /// <summary>The text of a moment, in UTC.</summary>
    public static string Format(DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads a moment with at most seven digits of a second; the result is UTC.</summary>
    public static bool TryParse(string text, out DateTimeOffset moment)
    {
        moment = default;
        return Form().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out moment);
    }

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Form();
}

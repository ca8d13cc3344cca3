using System.Globalization;
using System.Text.RegularExpressions;

namespace Provision.Cli;

/// <summary>Spans of time as people write them: <c>90s</c>, <c>15m</c>, <c>1h30m</c>, <c>7d</c>; the largest unit first.</summary>
internal static partial class Duration
{
    /// <summary>What to tell somebody who wrote something else.</summary>
    public const string Remedy = "give a duration such as 90s, 15m, 1h or 7d";

    /// <summary>Reads a span; false when the text is none.</summary>
    public static bool TryParse(string text, out TimeSpan span)
    {
        var match = Form().Match(text);
        span = TimeSpan.Zero;
        if (!match.Success || text.Length == 0)
        {
            return false;
        }

        span = new TimeSpan(Count(match, "d"), Count(match, "h"), Count(match, "m"), Count(match, "s"));
        return true;
    }

    /// <summary>The text of a span, to the second.</summary>
    public static string Format(TimeSpan span)
    {
        (int Count, char Unit)[] parts = [(span.Days, 'd'), (span.Hours, 'h'), (span.Minutes, 'm'), (span.Seconds, 's')];
        var text = string.Concat(parts.Where(part => part.Count > 0).Select(part => $"{part.Count}{part.Unit}"));
        return text.Length > 0 ? text : "0s";
    }

    private static int Count(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    // Six digits a unit: no sum of them overflows, and the longest lease has 3650 days.
    [GeneratedRegex(@"^(?:(?<d>[0-9]{1,6})d)?(?:(?<h>[0-9]{1,6})h)?(?:(?<m>[0-9]{1,6})m)?(?:(?<s>[0-9]{1,6})s)?\z")]
    private static partial Regex Form();
}

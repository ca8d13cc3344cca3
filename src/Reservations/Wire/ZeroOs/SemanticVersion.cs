using System.Globalization;
using System.Text.RegularExpressions;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>A version by the rules of semver.org, 2.0.0: three numbers without leading zeros, a pre-release, a build.</summary>
/// <param name="Major">The first number.</param>
/// <param name="Minor">The second.</param>
/// <param name="Patch">The third.</param>
/// <param name="Suffix">What is behind them, from its dash or plus on.</param>
public readonly partial record struct SemanticVersion(ulong Major, ulong Minor, ulong Patch, string Suffix = "")
{
    private const int TextSizeMax = 256;

    /// <summary>Reads a version; false when it is none.</summary>
    public static bool TryParse(string? text, out SemanticVersion version)
    {
        version = default;
        if (text is null || text.Length > TextSizeMax || Form().Match(text) is not { Success: true } match
            || !TryRead(match, 1, out var major) || !TryRead(match, 2, out var minor) || !TryRead(match, 3, out var patch))
        {
            return false;
        }

        version = new SemanticVersion(major, minor, patch, match.Groups[4].Value);
        return true;
    }

    /// <summary>True when it comes before this release, or is it. A pre-release comes before its release.</summary>
    public bool IsAtMost(ulong major, ulong minor, ulong patch) => (Major, Minor, Patch).CompareTo((major, minor, patch)) <= 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}{Suffix}");

    private static bool TryRead(Match match, int group, out ulong number) =>
        ulong.TryParse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    [GeneratedRegex(
        @"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
        + @"((?:-(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"
        + @"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)\z")]
    private static partial Regex Form();
}

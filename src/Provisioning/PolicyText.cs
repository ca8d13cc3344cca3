using System.Globalization;
using Provision.Reservations;

namespace Provision.Provisioning;

/// <summary>
/// Parts of a <see cref="Policy"/> as a farmer writes them: <c>all</c>, <c>none</c>, or a list with commas or blanks between.
/// </summary>
public static class PolicyText
{
    private const string All = "all";
    private const string None = "none";
    private static readonly char[] Between = [',', ' ', '\t', '\r', '\n'];

    /// <summary>Who may order; null for <c>all</c>. False when something in the list is no id.</summary>
    public static bool TryReadUsers(string? text, out IReadOnlySet<UserId>? users) =>
        TryReadSet(text, static (string item, out UserId user) => UserId.TryParse(item, out user), out users);

    /// <summary>The kinds that are offered; null for <c>all</c>. False when one is not among those that there are.</summary>
    public static bool TryReadKinds(string? text, IReadOnlyCollection<string> provided, out IReadOnlySet<string>? kinds)
    {
        return TryReadSet(text, Find, out kinds);

        bool Find(string item, out string kind)
        {
            kind = item;
            return provided.Contains(item);
        }
    }

    /// <summary>A bound; null for <c>all</c>. False when it is not a whole number of units that a bound can have.</summary>
    public static bool TryReadBound(string? text, out long? bound)
    {
        bound = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var units) && UnitBounds.IsBound(units)
            ? units
            : null;
        return bound is not null || text == All;
    }

    private static bool TryReadSet<T>(string? text, TryRead<T> read, out IReadOnlySet<T>? set)
    {
        var items = (text ?? "").Split(Between, StringSplitOptions.RemoveEmptyEntries);
        var found = new HashSet<T>();
        var isWhole = items is [All] or [None];
        if (!isWhole)
        {
            foreach (var item in items)
            {
                if (!read(item, out var one))
                {
                    set = null;
                    return false;
                }

                found.Add(one);
            }
        }

        set = items is [All] ? null : found;
        return isWhole || found.Count > 0;
    }

    private delegate bool TryRead<T>(string text, out T value);
}

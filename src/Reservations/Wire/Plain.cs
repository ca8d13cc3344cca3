using System.Globalization;
using System.Text;

namespace Provision.Reservations.Wire;

/// <summary>Text that strangers wrote, made harmless for a terminal.</summary>
public static class Plain
{
    /// <summary>
    /// The text with everything replaced that a terminal would obey or that reorders what is seen: control characters, marks of
    /// direction and other invisible formatting, line and paragraph separators.
    /// </summary>
    public static string Of(string text)
    {
        if (!text.EnumerateRunes().Any(IsUnsafe))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            plain.Append(IsUnsafe(rune) ? Rune.ReplacementChar : rune);
        }

        return plain.ToString();
    }

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}

using Provision.Reservations.Wire;

namespace Provision.Images.Files;

/// <summary>Names of a stranger's files, as faults show them.</summary>
internal static class Printable
{
    private const int SizeMax = 200;

    /// <summary>The name without what a terminal would obey, cut to a length that fits a line.</summary>
    public static string Of(string name)
    {
        var plain = Plain.Of(name);
        if (plain.Length <= SizeMax)
        {
            return plain.Length > 0 ? plain : "an entry";
        }

        // Half a character would be no text any more.
        return plain[..(char.IsHighSurrogate(plain[SizeMax - 1]) ? SizeMax - 1 : SizeMax)] + "…";
    }
}

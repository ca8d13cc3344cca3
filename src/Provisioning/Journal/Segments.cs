using System.Globalization;

namespace Provision.Provisioning.Journal;

/// <summary>The files of a journal: <c>journal-v1-00000001.jsonl</c> and so on. The version is that of the line format.</summary>
public static class Segments
{
    private const string Stem = "journal-v";
    private const string Prefix = Stem + "1-";
    private const string Suffix = ".jsonl";

    /// <summary>The name of a segment.</summary>
    public static string NameOf(int segment) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{segment:D8}{Suffix}");

    /// <summary>Reads a name; false when the file is not a segment of this version.</summary>
    public static bool TryParse(string file, out int segment)
    {
        segment = 0;
        return file.StartsWith(Prefix, StringComparison.Ordinal)
            && file.EndsWith(Suffix, StringComparison.Ordinal)
            && int.TryParse(file.AsSpan()[Prefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out segment);
    }

    /// <summary>True for a segment that a later version wrote.</summary>
    public static bool IsOfLaterVersion(string file) =>
        file.StartsWith(Stem, StringComparison.Ordinal) && !file.StartsWith(Prefix, StringComparison.Ordinal);
}

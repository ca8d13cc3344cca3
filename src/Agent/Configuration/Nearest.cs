namespace Provision.Agent.Configuration;

/// <summary>What somebody may have meant who wrote a word that nobody knows.</summary>
internal static class Nearest
{
    private const int TextMax = 64;

    /// <summary>The nearest of these words; null when none is near.</summary>
    public static string? Find(string text, IEnumerable<string> words)
    {
        var nearest = words.Select(word => (Word: word, Distance: Distance(text, word))).MinBy(found => found.Distance);
        return nearest.Distance <= Math.Max(2, text.Length / 3) ? nearest.Word : null;
    }

    // How many characters must be put in, taken out or replaced to make one of the other (Levenshtein).
    private static int Distance(string text, string word)
    {
        if (text.Length > TextMax)
        {
            return int.MaxValue;
        }

        var above = Enumerable.Range(0, word.Length + 1).ToArray();
        for (var i = 1; i <= text.Length; i++)
        {
            var row = new int[word.Length + 1];
            row[0] = i;
            for (var j = 1; j <= word.Length; j++)
            {
                var replaced = above[j - 1] + (text[i - 1] == word[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above[j], row[j - 1]) + 1);
            }

            above = row;
        }

        return above[^1];
    }
}

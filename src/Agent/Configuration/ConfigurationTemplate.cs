using System.Text;

namespace Provision.Agent.Configuration;

/// <summary>A configuration file that says nothing yet: every key with its meaning, behind a comment sign.</summary>
internal static class ConfigurationTemplate
{
    private const int WidthMax = 100;

    private const string Head = """
        # What provisiond is configured with, in TOML: a line for each key. Take the sign before a key away to give it.
        # A variable such as PROVISIOND_POOL_SIZE wins over this file, a flag such as --pool-size over both.
        # Nobody but root may be able to change this file. 'provisiond config check' says what is wrong with it.

        """;

    /// <summary>The whole file.</summary>
    public static string Write()
    {
        var text = new StringBuilder(Head);
        foreach (var key in ConfigurationTable.All)
        {
            text.Append('\n');
            foreach (var line in Wrap(key.Meaning).Append(Facts(key)))
            {
                text.Append("# ").Append(line).Append('\n');
            }

            text.Append(CommentedValue(key)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The line of a key: a value that could be given, behind the sign.</summary>
    public static string CommentedValue(ConfigurationKey key) => $"#{key.Name} = {TomlText.Of(key, key.Default ?? key.Example)}";

    private static string Facts(ConfigurationKey key) =>
        $"({key.Type}{(key.Unit is null ? "" : $" {key.Unit}")}; {(key.Required ? "required" : $"default: {key.DefaultText}")})";

    private static IEnumerable<string> Wrap(string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + word.Length >= WidthMax)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }
}

using System.Text;

namespace Provision.Agent.Configuration;

/// <summary>Values as a file writes them.</summary>
internal static class TomlText
{
    /// <summary>These texts as the value of a key.</summary>
    public static string Of(ConfigurationKey key, params IReadOnlyList<string> texts)
    {
        var values = texts.Select(text => key.Form is ValueForm.Text or ValueForm.Path ? Quote(text) : text);
        return key.Repeats ? $"[{string.Join(", ", values)}]" : values.Single();
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c is '"' or '\\' ? $"\\{c}" : char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString());
        }

        return quoted.Append('"').ToString();
    }
}

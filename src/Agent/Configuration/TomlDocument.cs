using System.Globalization;
using Provision.Reservations.Faults;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Provision.Agent.Configuration;

/// <summary>The content of a configuration file: TOML without tables, each key of the table at most once.</summary>
internal sealed class TomlDocument
{
    private const string SyntaxRemedy = "write lines such as: pool-size = 4";

    private readonly string path;
    private readonly List<Given> values = [];
    private readonly List<Problem> problems = [];
    private readonly Dictionary<string, int> lines = [];

    private TomlDocument(string path) => this.path = path;

    /// <summary>What the text says. Whether its values mean something is not looked at, only whether they are of the right type.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">The full path of its file, for problems and as where relative paths begin.</param>
    public static ConfigurationSource Read(string text, string path)
    {
        var document = new TomlDocument(path);
        DocumentSyntax syntax;
        try
        {
            syntax = SyntaxParser.Parse(text, path, validate: false);
        }
        catch (TomlException)
        {
            // It recovers from all else that is wrong.
            return new ConfigurationSource([], [new Problem(path, "nests too deep", SyntaxRemedy)]) { IsBroken = true };
        }

        document.Read(syntax);
        return new ConfigurationSource(document.values, document.problems) { IsBroken = syntax.HasErrors };
    }

    private void Read(DocumentSyntax syntax)
    {
        // One thing wrong makes the parser stumble more than once.
        var wrong = syntax.Diagnostics.Where(message => message.Kind == DiagnosticMessageKind.Error)
            .DistinctBy(message => message.Span.Start.Line)
            .OrderBy(message => message.Span.Start.Line)
            .ToList();
        problems.AddRange(wrong.Select(message => new Problem(
            Place(message.Span), $"is not TOML: {message.Message.TrimEnd('.')}", SyntaxRemedy)));
        var wrongLines = wrong.Select(message => message.Span.Start.Line).ToHashSet();
        foreach (var pair in syntax.KeyValues.Where(pair => !wrongLines.Contains(pair.Span.Start.Line)))
        {
            Read(pair);
        }

        foreach (var table in syntax.Tables)
        {
            problems.Add(new Problem(
                Place(table.Span), $"begins the table {table.Name?.ToString().Trim()}", "take it out: all keys stand side by side"));
        }
    }

    private void Read(KeyValueSyntax pair)
    {
        if (pair is not { Key: { } name, Value: { } value })
        {
            return;
        }

        var text = TextOf(name);
        if (!lines.TryAdd(text, LineOf(pair.Span)))
        {
            problems.Add(new Problem($"{Place(pair.Span)} {text}", $"is given in line {lines[text]}, too", "take one of them out"));
            return;
        }

        if (ConfigurationTable.Find(text) is not { } key)
        {
            problems.Add(Unknown.Key($"{Place(pair.Span)} {text}", text));
            return;
        }

        var given = new Given(key, TextsOf(value, key), Origin.File, Place(pair.Span));
        values.Add(given);
        if (given.Texts is null)
        {
            problems.Add(new Problem(
                given.Place, $"is {DescribeType(value, key)}", $"write: {key.Name} = {TomlText.Of(key, key.Example)}"));
        }
    }

    private string[]? TextsOf(ValueSyntax value, ConfigurationKey key)
    {
        if (!key.Repeats)
        {
            return TextOf(value, key.Form) is { } text ? [text] : null;
        }

        if (value is not ArraySyntax array)
        {
            return null;
        }

        var texts = array.Items.Select(item => item.Value is { } one ? TextOf(one, key.Form) : null).ToList();
        return texts.Contains(null) ? null : [.. texts.OfType<string>()];
    }

    private string? TextOf(ValueSyntax value, ValueForm form) => (form, value) switch
    {
        (ValueForm.Text, StringValueSyntax text) => text.Value,
        (ValueForm.Path, StringValueSyntax text) => FullPath(text.Value),
        (ValueForm.Whole or ValueForm.Number, IntegerValueSyntax number) => number.Value.ToString(CultureInfo.InvariantCulture),
        (ValueForm.Number, FloatValueSyntax number) => number.Value.ToString("R", CultureInfo.InvariantCulture),
        (ValueForm.Switch, BooleanValueSyntax choice) => choice.Value ? "true" : "false",
        _ => null,
    };

    // A text that is no path is said to be none by whoever wants one.
    private string? FullPath(string? text) => string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal)
        ? text
        : Path.GetFullPath(text, Path.GetDirectoryName(path)!);

    private static string DescribeType(ValueSyntax value, ConfigurationKey key) => value switch
    {
        ArraySyntax when key.Repeats => "a list that holds other things",
        ArraySyntax => "a list, and can have one value only",
        StringValueSyntax when key.Repeats => "a text where a list belongs",
        StringValueSyntax => "a text",
        IntegerValueSyntax or FloatValueSyntax => "a number",
        BooleanValueSyntax => "true or false",
        DateTimeValueSyntax => "a date",
        _ => "a table",
    };

    private static string TextOf(KeySyntax name) => string.Join(
        '.', name.DotKeys.Select(part => TextOf(part.Key)).Prepend(TextOf(name.Key)));

    private static string TextOf(BareKeyOrStringValueSyntax? part) => part switch
    {
        BareKeySyntax { Key.Text: { } word } => word,
        StringValueSyntax { Value: { } text } => text,
        _ => "",
    };

    private string Place(SourceSpan span) => $"{path}:{LineOf(span)}";

    private static int LineOf(SourceSpan span) => span.Start.Line + 1;
}

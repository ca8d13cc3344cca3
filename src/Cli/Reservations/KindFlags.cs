using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Provision.Provisioning;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Cli.Reservations;

/// <summary>The flags of a kind, made of its module's fields, and the <c>data</c> that they spell.</summary>
internal sealed partial class KindFlags
{
    private readonly IReadOnlyList<(Field Field, Option Option)> flags;

    public KindFlags(IWorkloadModule module) => flags = [.. module.Fields.Select(field => (field, Flag(field)))];

    /// <summary>The flags, in the order of the fields.</summary>
    public IEnumerable<Option> Options => flags.Select(flag => flag.Option);

    /// <summary>
    /// The document that the flags describe. Nothing is judged here: a missing value is left out and a wrong one written as it is, so
    /// that the module, which knows the kind, finds every problem.
    /// </summary>
    public CanonicalJson Read(Session session) => CanonicalJson.Build(writer =>
    {
        writer.WriteStartObject();
        foreach (var (field, option) in flags)
        {
            Write(writer, field, option, session);
        }

        writer.WriteEndObject();
    });

    /// <summary>The place in an order that each flag writes, and the flag's name.</summary>
    public IEnumerable<KeyValuePair<string, string>> Names =>
        flags.Select(flag => KeyValuePair.Create(Place(flag.Field), flag.Option.Name));

    /// <summary>The same problems, told apart where a number was asked for and the flag's text is none.</summary>
    public IEnumerable<Problem> Explain(Session session, IEnumerable<Problem> problems) => problems.Select(problem =>
        flags.FirstOrDefault(flag => Place(flag.Field) == problem.Pointer)
            is { Field.Type: FieldType.Number, Option: Option<string?> option }
        && session.Value(option) is { } text && !Number().IsMatch(text)
            ? problem with { Reason = $"is \"{text}\", which is not a whole number" }
            : problem);

    private static string Place(Field field) => $"/reservation/data/{field.Name}";

    private static void Write(Utf8JsonWriter writer, Field field, Option option, Session session)
    {
        var json = option switch
        {
            Option<string?> text when session.Value(text) is { } value =>
                field.Type == FieldType.Number && Number().IsMatch(value) ? value : Quote(value),
            Option<bool> flag when session.Value(flag) => "true",
            _ => field.Default,
        };
        if (json is not null)
        {
            writer.WritePropertyName(field.Name);
            writer.WriteRawValue(json);
        }
    }

    private static Option Flag(Field field)
    {
        var name = $"--{field.Name.Replace('_', '-')}";
        if (field.Type == FieldType.Flag)
        {
            return new Option<bool>(name) { Description = field.Help };
        }

        var option = new Option<string?>(name)
        {
            Description = $"{field.Help} {(field.Default is null ? "Required." : $"[default: {field.Default.Trim('"')}]")}",
            HelpName = field.Choices.Count > 0 ? string.Join('|', field.Choices) : field.Type == FieldType.Number ? "NUMBER" : "TEXT",
        };
        option.CompletionSources.Add([.. field.Choices]);
        return option;
    }

    private static string Quote(string text) => CanonicalJson.Build(writer => writer.WriteStringValue(text)).Text;

    // A number of RFC 8259 without fraction and exponent, short enough for any reader.
    [GeneratedRegex(@"^-?(0|[1-9][0-9]{0,39})\z")]
    private static partial Regex Number();
}

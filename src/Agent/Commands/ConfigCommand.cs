using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Provision.Agent.Configuration;
using Provision.Reservations.Wire;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond config</c>: looks at the configuration, and changes nothing.</summary>
internal static class ConfigCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var template = new Command("template", "Print a configuration file that says nothing yet, with every key and what it means.");
        template.SetBody((arguments, _) => arguments.InvocationConfiguration.Output.WriteAsync(ConfigurationTemplate.Write()));
        return new Command("config", "What the daemon is configured with.")
        {
            Look(
                "check",
                "Say all that is wrong with what 'run' would be configured with, by the same file, variables and flags; else what it is.",
                configuration => _ = configuration.Require(),
                _ => { }),
            Look(
                "show",
                "Print the value of every key and where it comes from, by the same file, variables and flags as 'run'.",
                _ => { },
                configuration => _ = configuration.Require()),
            template,
        };
    }

    private static Command Look(string name, string description, Action<NodeConfiguration> before, Action<NodeConfiguration> after)
    {
        var command = new Command(name, description) { Verb.Json };
        ConfigurationFlags.AddTo(command);
        command.SetBody(async (arguments, _) =>
        {
            var configuration = Verb.ConfigurationOf(arguments);
            before(configuration);
            var output = arguments.InvocationConfiguration.Output;
            foreach (var line in arguments.GetValue(Verb.Json) ? [JsonOf(configuration)] : LinesOf(configuration))
            {
                await output.WriteLineAsync(Plain.Of(line));
            }

            after(configuration);
        });
        return command;
    }

    private static IEnumerable<string> LinesOf(NodeConfiguration configuration)
    {
        var rows = configuration.Values.Select(value => (value.Key.Name, Value: Describe(value), value.Source)).ToList();
        var (names, values) = (rows.Max(row => row.Name.Length), rows.Max(row => row.Value.Length));
        return rows.Select(row => $"{row.Name.PadRight(names)}  {row.Value.PadRight(values)}  {row.Source}");
    }

    private static string Describe(EffectiveValue value) => value.Texts switch
    {
        null => "?",
        [] => "-",
        var texts => $"{string.Join(", ", texts)}{(value.Key.Unit is { } unit ? $" {unit}" : "")}",
    };

    private static string JsonOf(NodeConfiguration configuration) => CanonicalJson.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("file", configuration.File.Path);
        writer.WriteStartArray("keys");
        foreach (var value in configuration.Values)
        {
            Write(writer, value);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }).Text;

    private static void Write(Utf8JsonWriter writer, EffectiveValue value)
    {
        writer.WriteStartObject();
        writer.WriteString("key", value.Key.Name);
        writer.WritePropertyName("value");
        if (value is { Texts: not null, Key.Repeats: true })
        {
            writer.WriteStartArray();
            foreach (var text in value.Texts)
            {
                WriteOne(writer, value.Key.Form, text);
            }

            writer.WriteEndArray();
        }
        else if (value.Texts is [var text])
        {
            WriteOne(writer, value.Key.Form, text);
        }
        else
        {
            writer.WriteNullValue();
        }

        if (value.Key.Unit is { } unit)
        {
            writer.WriteString("unit", unit);
        }

        writer.WriteString("origin", JsonNamingPolicy.SnakeCaseLower.ConvertName(value.Origin.ToString()));
        writer.WriteString("source", value.Source);
        writer.WriteEndObject();
    }

    private static void WriteOne(Utf8JsonWriter writer, ValueForm form, string text)
    {
        switch (form)
        {
            case ValueForm.Whole or ValueForm.Number:
                writer.WriteNumberValue(double.Parse(text, CultureInfo.InvariantCulture));
                break;
            case ValueForm.Switch:
                writer.WriteBooleanValue(text == "true");
                break;
            default:
                writer.WriteStringValue(text);
                break;
        }
    }
}

using System.Text.Json;
using Provision.Provisioning.Admission;
using Provision.Reservations.Wire;

namespace Provision.Agent.Status;

/// <summary>What became of an imported folder, as JSON.</summary>
internal static class ImportJson
{
    /// <summary>Writes how many files came to what, and each of them.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ImportedFile> files)
    {
        writer.WriteStartObject();
        foreach (var outcome in Enum.GetValues<ImportOutcome>())
        {
            writer.WriteNumber(NameOf(outcome), files.Count(file => file.Outcome == outcome));
        }

        writer.WriteStartArray("files");
        foreach (var file in files)
        {
            Write(writer, file);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ImportedFile file)
    {
        writer.WriteStartObject();
        writer.WriteString("file", file.Name);
        writer.WriteString("outcome", NameOf(file.Outcome));
        if (!file.Order.IsMissing)
        {
            writer.WriteString("order", file.Order.ToString());
        }

        if (file.Kind.Length > 0)
        {
            writer.WriteString("kind", file.Kind);
        }

        if (file.Why is { } why)
        {
            writer.WritePropertyName("why");
            FaultJson.Write(writer, why);
        }

        writer.WriteEndObject();
    }

    private static string NameOf(ImportOutcome outcome) => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString());
}

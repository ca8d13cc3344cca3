using System.Globalization;
using System.Text.Json;
using Provision.Machine.Linux.Doctor;
using Provision.Reservations.Wire;

namespace Provision.Agent.Doctor;

/// <summary>What all checks found, for programs and for people.</summary>
internal sealed record DoctorReport(IReadOnlyList<CheckReport> Reports)
{
    /// <summary>The worst of them.</summary>
    public CheckResult Result => Reports.Select(report => report.Finding.Result).DefaultIfEmpty().Max();

    /// <summary>All that is known of every check, as one object.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("result", WordOf(Result));
        writer.WriteStartArray("checks");
        foreach (var (check, finding) in Reports)
        {
            writer.WriteStartObject();
            writer.WriteString("name", check.Name);
            writer.WriteString("result", WordOf(finding.Result));
            writer.WriteString("found", finding.Found);
            writer.WriteString("meaning", check.Meaning);
            writer.WriteString("fallback", finding.Fallback);
            writer.WriteString("remedy", finding.Remedy);
            writer.WriteStartArray("affects");
            foreach (var ability in check.Affects)
            {
                writer.WriteStringValue(WordOf(ability));
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>A table of all checks, and below it more about each that is not well.</summary>
    public IEnumerable<string> ToLines()
    {
        var width = Reports.Max(report => report.Check.Name.Length);
        yield return $"{"CHECK".PadRight(width)}  RESULT   FOUND";
        foreach (var (check, finding) in Reports)
        {
            yield return $"{check.Name.PadRight(width)}  {WordOf(finding.Result),-7}  {Plain.Of(finding.Found)}";
        }

        foreach (var (check, finding) in Reports.Where(report => report.Finding.Result != CheckResult.Ok))
        {
            yield return "";
            yield return $"{check.Name}: {WordOf(finding.Result)}";
            yield return $"  means     {check.Meaning}";
            if (check.Affects.Count > 0 && finding.Result == CheckResult.Failed)
            {
                yield return $"  affects   {string.Join(", ", check.Affects.Select(ability => WordOf(ability)))}";
            }

            yield return $"  fallback  {finding.Fallback ?? "none"}";
            yield return $"  remedy    {Plain.Of(finding.Remedy ?? "")}";
        }

        yield return "";
        yield return string.Join(", ", Enum.GetValues<CheckResult>().Select(result =>
            string.Create(CultureInfo.InvariantCulture, $"{Reports.Count(report => report.Finding.Result == result)} {WordOf(result)}")));
    }

    private static string WordOf<T>(T word)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(word.ToString());
}

using System.CommandLine;
using System.Text.Json;
using Provision.Agent.Hosting;
using Provision.Agent.Status;
using Provision.Reservations.Wire;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond import-zos</c>: what a node kept before it ran us.</summary>
internal static class ImportZosCommand
{
    private static readonly Argument<string> Folder = new("FOLDER")
    {
        Description = "Where Zero-OS kept its reservations: /var/cache/modules/provisiond/reservations, or a copy of it.",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "import-zos",
            "Have the running daemon take up the reservations that a node of Zero-OS v0.2.1 kept. The folder is only read; each file is "
            + "reported, and doing it again changes nothing. What the workloads held is not copied.")
        {
            Folder, Verb.Data, Verb.Config, Verb.Json,
        };
        command.SetBody(async (arguments, ct) =>
        {
            var data = new DataFolder(Verb.DataOf(arguments));
            var folder = Uri.EscapeDataString(Path.GetFullPath(arguments.GetRequiredValue(Folder)));
            var report = await StatusClient.HaveDoneAsync(data.Socket, $"imports/zero-os?folder={folder}", ct);
            var output = arguments.InvocationConfiguration.Output;
            foreach (var line in arguments.GetValue(Verb.Json) ? [report.GetRawText()] : LinesOf(report))
            {
                await output.WriteLineAsync(line);
            }
        });
        return command;
    }

    private static IEnumerable<string> LinesOf(JsonElement report)
    {
        foreach (var file in report.GetProperty("files").EnumerateArray())
        {
            var order = Text(file, "order");
            var digest = order[..Math.Min(12, order.Length)];
            yield return $"{Text(file, "outcome"),-8} {Text(file, "file"),-12} {Text(file, "kind"),-10} {digest}".TrimEnd();
            if (file.TryGetProperty("why", out var why))
            {
                yield return $"{"",-8} {Text(why, "what")}. {Text(why, "remedy")}".TrimEnd();
                foreach (var problem in why.TryGetProperty("problems", out var problems) ? problems.EnumerateArray().ToList() : [])
                {
                    yield return $"{"",-8}   {Text(problem, "pointer")} {Text(problem, "reason")}; {Text(problem, "remedy")}";
                }
            }
        }

        yield return string.Join(
            ", ", new[] { "taken", "known", "refused", "broken" }.Select(outcome => $"{report.GetProperty(outcome).GetInt32()} {outcome}"));
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? Plain.Of(value.GetString() ?? "") : "";
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Provision.Agent.Hosting;
using Provision.Agent.Status;
using Provision.Reservations;
using Provision.Reservations.Wire;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond status</c>.</summary>
internal static class StatusCommand
{
    private const int MendedMax = 10;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("status", "How the daemon stands: its workloads, what waits, what is wrong.")
        {
            Verb.Data, Verb.Config, Verb.Json,
        };
        command.SetBody(async (arguments, ct) =>
        {
            var folder = new DataFolder(Verb.DataOf(arguments));
            var status = await StatusClient.AskAsync(folder.Socket, "status", ct);
            var output = arguments.InvocationConfiguration.Output;
            if (arguments.GetValue(Verb.Json))
            {
                await output.WriteLineAsync(Plain.Of(status.GetRawText()));
            }
            else
            {
                await PrintAsync(output, status);
            }
        });
        return command;
    }

    private static async Task PrintAsync(TextWriter output, JsonElement status)
    {
        var poll = status.TryGetProperty("seconds_since_good_poll", out var since) ? $"{since.GetDouble():0} s ago" : "never";
        await output.WriteLineAsync($"node              {status.GetProperty("node_id").GetString()}");
        await output.WriteLineAsync($"last good poll    {poll}");
        if (status.GetProperty("accepts_zero_os").GetBoolean())
        {
            await output.WriteLineAsync("orders of Zero-OS are taken: who serves them chooses ids and dates");
        }

        var offered = status.GetProperty("cordoned").GetBoolean()
            ? "nothing: it is cordoned"
            : string.Join(", ", status.GetProperty("offered").EnumerateArray().Select(kind => kind.GetString()));
        await output.WriteLineAsync($"offered           {offered}");
        await output.WriteLineAsync(
            $"offered to        {(status.GetProperty("takes_all_users").GetBoolean() ? "everybody" : "chosen users, and nobody else")}");

        foreach (var lack in status.GetProperty("lacking").EnumerateArray())
        {
            await output.WriteLineAsync(LineOf(lack));
        }

        await output.WriteLineAsync($"receipts waiting  {status.GetProperty("receipts_waiting").GetInt32()}");
        await output.WriteLineAsync(
            $"in hand, ready    {status.GetProperty("in_hand").GetInt32()}, {status.GetProperty("ready").GetInt32()}");
        if (status.TryGetProperty("capacity", out var capacity))
        {
            await PrintCapacityAsync(output, capacity);
        }

        foreach (var workload in status.GetProperty("workloads").EnumerateArray())
        {
            await output.WriteLineAsync(
                $"{Text(workload, "id"),-8} {Text(workload, "digest")[..12]}  {Text(workload, "kind"),-10} {Text(workload, "state"),-9} "
                + $"until {Moment(workload, "ends")} {Text(workload, "next")}{MarkOf(workload)}");
            if (workload.TryGetProperty("restarts", out var restarts) && restarts.GetInt32() > 0)
            {
                await output.WriteLineAsync($"{"",-8} started again {restarts.GetInt32()} times");
            }

            if (workload.TryGetProperty("trouble", out var cause) && cause.ValueKind == JsonValueKind.Object)
            {
                await output.WriteLineAsync($"{"",-8} {Text(cause, "what")}. {Text(cause, "remedy")}");
            }
        }

        await PrintMendedAsync(output, status);
        foreach (var name in new[] { "set_aside", "unexplained" })
        {
            foreach (var item in status.GetProperty(name).EnumerateArray())
            {
                await output.WriteLineAsync($"{name.Replace('_', ' ')}: {item.GetString()}");
            }
        }

        foreach (var trouble in status.GetProperty("troubles").EnumerateArray())
        {
            await output.WriteLineAsync($"trouble: {Text(trouble, "what")}. {Text(trouble, "remedy")}");
        }
    }

    private static async Task PrintMendedAsync(TextWriter output, JsonElement status)
    {
        if (!status.TryGetProperty("mended", out var mended))
        {
            return;
        }

        var lines = mended.GetProperty("what").EnumerateArray().Select(line => Plain.Of(line.GetString() ?? "")).ToList();
        foreach (var line in lines.Take(MendedMax))
        {
            await output.WriteLineAsync($"mended {Moment(mended, "at")}: {line}");
        }

        if (lines.Count > MendedMax)
        {
            await output.WriteLineAsync($"mended {Moment(mended, "at")}: {lines.Count - MendedMax} things more, which --json lists");
        }
    }

    private static async Task PrintCapacityAsync(TextWriter output, JsonElement capacity)
    {
        string[] units = ["cru", "mru", "sru", "hru"];
        await output.WriteLineAsync($"{"capacity",-16}{string.Concat(units.Select(unit => $"  {unit.ToUpperInvariant(),6}"))}");
        foreach (var name in new[] { "machine", "offered", "promised", "left" })
        {
            var row = capacity.GetProperty(name);
            await output.WriteLineAsync($"  {name,-14}{string.Concat(units.Select(unit => $"  {row.GetProperty(unit).GetInt64(),6}"))}");
        }

        if (capacity.GetProperty("shares_cores").GetBoolean())
        {
            await output.WriteLineAsync("  cores are shared: their sum has no bound");
        }
    }

    private static string LineOf(JsonElement lack)
    {
        var kinds = lack.GetProperty("kinds").EnumerateArray().Select(kind => $"no {kind.GetString()}").DefaultIfEmpty("needed by no kind");
        var fault = lack.GetProperty("fault");
        return $"lacking {Text(lack, "ability")} ({string.Join(", ", kinds)}): {Text(fault, "what")}. {Text(fault, "remedy")}";
    }

    private static string MarkOf(JsonElement workload) =>
        workload.GetProperty("signature_version").GetInt32() == Reservation.ZeroOsVersion ? " (Zero-OS)" : "";

    private static string Moment(JsonElement element, string name) =>
        element.GetProperty(name).GetDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? Plain.Of(value.GetString() ?? "") : "";
}

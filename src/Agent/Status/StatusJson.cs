using System.Text.Json;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Wire;

namespace Provision.Agent.Status;

/// <summary>What the status socket says, as JSON.</summary>
internal static class StatusJson
{
    /// <summary>Writes an engine's status.</summary>
    public static void Write(Utf8JsonWriter writer, EngineStatus status)
    {
        writer.WriteStartObject();
        writer.WriteString("node_id", status.Node.ToString());
        writer.WriteBoolean("accepts_zero_os", status.AcceptsVersion1);
        writer.WriteStartObject("feed");
        writer.WriteString("epoch", status.Cursor.Epoch);
        writer.WriteNumber("sequence", status.Cursor.Sequence);
        writer.WriteEndObject();
        if (status.SinceGoodPoll is { } since)
        {
            writer.WriteNumber("seconds_since_good_poll", Math.Round(since.TotalSeconds, 3));
        }

        Write(writer, status.Lacking);
        writer.WriteNumber("receipts_waiting", status.ReceiptsWaiting);
        writer.WriteNumber("in_hand", status.InHand);
        writer.WriteNumber("ready", status.Ready);
        writer.WriteStartObject("open");
        foreach (var (kind, count) in status.Counters.Open)
        {
            writer.WriteNumber(kind, count);
        }

        writer.WriteEndObject();
        Write(writer, "units", status.Counters.Units);
        writer.WriteBoolean("takes_all_users", status.Policy.Users is null);
        writer.WriteBoolean("cordoned", status.Policy.Cordoned);
        WriteTexts(writer, "offered", status.Offered);
        if (status.Capacity is { } capacity)
        {
            Write(writer, capacity);
        }

        WriteTexts(writer, "set_aside", status.SetAside.Select(digest => digest.ToString()));
        WriteTexts(writer, "unexplained", status.Unexplained);
        if (status.Mended is { } mended)
        {
            writer.WriteStartObject("mended");
            writer.WriteString("at", Rfc3339.Format(mended.At));
            WriteTexts(writer, "what", mended.What);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("troubles");
        foreach (var fault in status.Troubles)
        {
            FaultJson.Write(writer, fault);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("workloads");
        foreach (var workload in status.Workloads)
        {
            Write(writer, workload);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Capacity capacity)
    {
        writer.WriteStartObject("capacity");
        Write(writer, "machine", capacity.Machine);
        Write(writer, "offered", capacity.Offered);
        Write(writer, "promised", capacity.Promised);
        Write(writer, "left", capacity.Left);
        writer.WriteBoolean("shares_cores", capacity.SharesCores);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, ResourceUnits units)
    {
        writer.WritePropertyName(name);
        units.Write(writer);
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<Lack> lacks)
    {
        writer.WriteStartArray("lacking");
        foreach (var lack in lacks)
        {
            writer.WriteStartObject();
            writer.WriteString("ability", JsonNamingPolicy.SnakeCaseLower.ConvertName(lack.Ability.ToString()));
            WriteTexts(writer, "kinds", lack.Kinds);
            writer.WritePropertyName("fault");
            FaultJson.Write(writer, lack.Fault);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, WorkloadStatus workload)
    {
        writer.WriteStartObject();
        writer.WriteString("id", workload.Id.ToString());
        writer.WriteString("digest", workload.Digest.ToString());
        writer.WriteString("kind", workload.Kind);
        writer.WriteNumber(
            "signature_version", workload.IsVersion1 ? Reservation.ZeroOsVersion : Reservation.SignatureVersion);
        writer.WriteString("state", workload.State);
        writer.WriteString("next", workload.Next);
        if (workload.Ends is { } ends)
        {
            writer.WriteString("ends", Rfc3339.Format(ends));
        }

        if (workload.Restarts is { } restarts)
        {
            writer.WriteNumber("restarts", restarts);
        }

        if (workload.Trouble is { } trouble)
        {
            writer.WritePropertyName("trouble");
            FaultJson.Write(writer, trouble);
        }

        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}

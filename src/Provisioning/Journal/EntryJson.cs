using System.Text.Json;
using Provision.Provisioning.Expiry;
using Provision.Provisioning.Shared;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Provisioning.Journal;

/// <summary>Entries as JSON. The names are the journal's for ever: old journals are read by every later build.</summary>
public static class EntryJson
{
    private const int StepsMax = 1000;

    /// <summary>Writes the fields of an entry into an object that is open.</summary>
    public static void Write(Utf8JsonWriter writer, Entry entry)
    {
        writer.WriteString("entry", NameOf(entry));
        WriteContent(writer, entry);
        if (entry.Receipt is { } receipt)
        {
            writer.WritePropertyName("receipt");
            ReceiptJson.Write(writer, receipt);
        }
    }

    /// <summary>Reads the fields of an entry; problems are reported to the form.</summary>
    public static Entry? Read(JsonForm form)
    {
        var receipt = form.Object("receipt", required: false) is { } inner ? inner.Close(ReceiptJson.Read(inner)) : null;
        return form.Text("entry", sizeMax: 64) switch
        {
            "planned" => ReadPlanned(form),
            "refused" => (ReadId(form), ReadOrder(form) as Reservation, receipt) is ({ } id, { } order, { } answer)
                ? new Entry.Refused(id, order, answer)
                : Missing(form),
            "started" => ReadStep(form) is { } step ? new Entry.Started(step) : null,
            "done" => ReadStep(form) is { } step ? new Entry.Done(step) : null,
            "undone" => ReadStep(form) is { } step ? new Entry.Undone(step) : null,
            "failed" => (ReadStep(form), ReadFault(form), receipt) is ({ } step, { } fault, { } answer)
                ? new Entry.Failed(step, fault, answer)
                : Missing(form),
            "live" => receipt is not null ? new Entry.Live(receipt) : Missing(form),
            "degraded" => (ReadFault(form), receipt) is ({ } fault, { } answer) ? new Entry.Degraded(fault, answer) : Missing(form),
            "stuck" => (ReadFault(form), receipt) is ({ } fault, { } answer) ? new Entry.Stuck(fault, answer) : Missing(form),
            "extended" => (ReadOrder(form) as Extend, ReadAnchor(form)) is ({ } order, { } lease)
                ? new Entry.Extended(order, lease, receipt)
                : Missing(form),
            "expired" => (ReadAnchor(form), receipt) is ({ } grace, { } answer)
                ? new Entry.Expired(ReadOrder(form, required: false) as Cancel, grace, answer)
                : Missing(form),
            "withdrawn" => new Entry.Withdrawn(ReadOrder(form, required: false) as Cancel, ReadFault(form, required: false)),
            "closed" => receipt is not null ? new Entry.Closed(receipt) : Missing(form),
            "acknowledged" => form.Int64("sequence", min: 1) is { } sequence ? new Entry.Acknowledged(sequence) : null,
            "cursor-moved" => (form.Text("epoch"), form.Int64("sequence", min: 0)) is ({ } epoch, { } sequence)
                ? new Entry.CursorMoved(epoch, sequence)
                : null,
            "clock-read" => (form.Text("boot_id"), form.Span("since_boot"), form.Moment("wall")) is ({ } boot, { } since, { } wall)
                ? new Entry.ClockRead(new ClockMark(boot, since, wall))
                : null,
            _ => Unknown(form),
        };
    }

    /// <summary>The journal's name of an entry.</summary>
    public static string NameOf(Entry entry) => JsonNamingPolicy.KebabCaseLower.ConvertName(entry.GetType().Name);

    private static Entry? ReadPlanned(JsonForm form)
    {
        var id = ReadId(form);
        var order = ReadOrder(form) as Reservation;
        var lease = ReadAnchor(form);
        var steps = form.List("steps", StepsMax, (element, _, _) => new Boxed<CanonicalJson>(CanonicalJson.Of(element)));
        var claims = form.List("claims", StepsMax, (element, pointer, problems) =>
        {
            var claim = JsonForm.Open(element, pointer, problems);
            return claim?.Close((claim.Text("pool"), claim.Int64("size", min: 0)) is ({ } pool, { } size)
                ? new Claim(pool, new ByteSize(size))
                : null);
        });
        var memory = form.Int64("memory", min: 0, required: false) ?? 0;
        var needs = ReadNames<Digest>(form, "needs", Digest.TryParse, "a digest");
        var provides = ReadNames<SharedName>(form, "provides", SharedName.TryParse, "the name of a shared thing");
        var uses = ReadNames<SharedName>(form, "uses", SharedName.TryParse, "the name of a shared thing");
        return id is null || order is null || lease is null
            ? Missing(form)
            : new Entry.Planned(id.Value, order, lease, [.. steps.Select(step => step.Value)], claims)
            {
                Memory = new ByteSize(memory),
                Needs = needs,
                Provides = provides,
                Uses = uses,
            };
    }

    private static IReadOnlyList<T> ReadNames<T>(JsonForm form, string field, Parser<T> parse, string what)
    {
        return [.. form.List(field, StepsMax, ReadName, required: false).Select(name => name.Value)];

        Boxed<T>? ReadName(JsonElement element, string pointer, ICollection<Problem> problems)
        {
            if (element.ValueKind == JsonValueKind.String && parse(element.GetString()!, out var name))
            {
                return new Boxed<T>(name);
            }

            problems.Add(new Problem(pointer, $"is not {what}", "restore the line from a backup"));
            return null;
        }
    }

    private sealed record Boxed<T>(T Value);

    private static ReservationId? ReadId(JsonForm form) =>
        form.Parsed<ReservationId>("id", ReservationId.TryParse, "an id of the form N-M");

    private static int? ReadStep(JsonForm form) => (int?)form.Int64("step", 0, StepsMax);

    private static Order? ReadOrder(JsonForm form, bool required = true) =>
        form.Object("order_document", required) is { } inner ? inner.Close(OrderJson.Read(inner, version1: true)) : null;

    private static Fault? ReadFault(JsonForm form, bool required = true) =>
        form.Object("fault", required) is { } inner ? inner.Close(FaultJson.Read(inner)) : null;

    private static LeaseAnchor? ReadAnchor(JsonForm form)
    {
        if (form.Object("lease") is not { } inner)
        {
            return null;
        }

        return inner.Close((inner.Text("boot_id"), inner.Span("since_boot"), inner.Span("remaining"), inner.Moment("ends")) is
            ({ } boot, { } since, { } remaining, { } ends)
            ? new LeaseAnchor(boot, since, remaining, ends)
            : null);
    }

    // Reached with a problem already reported for most fields; for a document of the wrong sort, or no receipt, this says so.
    private static Entry? Missing(JsonForm form)
    {
        form.Refuse("entry", "lacks what such an entry carries", "restore the line from a backup");
        return null;
    }

    private static Entry? Unknown(JsonForm form)
    {
        form.Refuse("entry", "is not an entry this version knows", "read the journal with the version that wrote it");
        return null;
    }

    // What an entry says besides its name and its receipt.
    private static void WriteContent(Utf8JsonWriter writer, Entry entry)
    {
        switch (entry)
        {
            case Entry.Planned planned:
                WritePlanned(writer, planned);
                break;
            case Entry.Refused refused:
                writer.WriteString("id", refused.Id.ToString());
                WriteOrder(writer, refused.Reservation);
                break;
            case Entry.Started(var step):
                writer.WriteNumber("step", step);
                break;
            case Entry.Done(var step):
                writer.WriteNumber("step", step);
                break;
            case Entry.Undone(var step):
                writer.WriteNumber("step", step);
                break;
            case Entry.Failed(var step, var fault, _):
                writer.WriteNumber("step", step);
                WriteFault(writer, fault);
                break;
            case Entry.Degraded(var fault, _):
                WriteFault(writer, fault);
                break;
            case Entry.Stuck(var fault, _):
                WriteFault(writer, fault);
                break;
            case Entry.Extended extended:
                WriteOrder(writer, extended.Order);
                WriteAnchor(writer, extended.Lease);
                break;
            case Entry.Expired expired:
                WriteOrder(writer, expired.Order);
                WriteAnchor(writer, expired.Grace);
                break;
            case Entry.Withdrawn(var order, var why):
                WriteOrder(writer, order);
                WriteFault(writer, why);
                break;
            case Entry.Acknowledged(var sequence):
                writer.WriteNumber("sequence", sequence);
                break;
            case Entry.CursorMoved(var epoch, var sequence):
                writer.WriteString("epoch", epoch);
                writer.WriteNumber("sequence", sequence);
                break;
            case Entry.ClockRead(var mark):
                WriteMark(writer, mark);
                break;
        }
    }

    private static void WritePlanned(Utf8JsonWriter writer, Entry.Planned planned)
    {
        writer.WriteString("id", planned.Id.ToString());
        WriteOrder(writer, planned.Reservation);
        WriteAnchor(writer, planned.Lease);
        WriteArray(writer, "steps", planned.Steps, step => step.WriteTo(writer));
        WriteArray(writer, "claims", planned.Claims, claim =>
        {
            writer.WriteStartObject();
            writer.WriteString("pool", claim.Pool);
            writer.WriteNumber("size", claim.Size.Bytes);
            writer.WriteEndObject();
        });
        if (planned.Memory > ByteSize.Zero)
        {
            writer.WriteNumber("memory", planned.Memory.Bytes);
        }

        WriteNames(writer, "needs", planned.Needs);
        WriteNames(writer, "provides", planned.Provides);
        WriteNames(writer, "uses", planned.Uses);
    }

    private static void WriteNames<T>(Utf8JsonWriter writer, string field, IReadOnlyList<T> names)
        where T : struct
    {
        if (names.Count > 0)
        {
            WriteArray(writer, field, names, name => writer.WriteStringValue(name.ToString()));
        }
    }

    private static void WriteOrder(Utf8JsonWriter writer, Order? order)
    {
        if (order is not null)
        {
            writer.WritePropertyName("order_document");
            OrderJson.Write(writer, order);
        }
    }

    private static void WriteFault(Utf8JsonWriter writer, Fault? fault)
    {
        if (fault is not null)
        {
            writer.WritePropertyName("fault");
            FaultJson.Write(writer, fault);
        }
    }

    private static void WriteAnchor(Utf8JsonWriter writer, LeaseAnchor lease)
    {
        writer.WriteStartObject("lease");
        writer.WriteString("boot_id", lease.BootId);
        writer.WriteNumber("since_boot", Nanoseconds.Of(lease.SinceBoot));
        writer.WriteNumber("remaining", Nanoseconds.Of(lease.Remaining));
        writer.WriteString("ends", Rfc3339.Format(lease.Ends));
        writer.WriteEndObject();
    }

    private static void WriteMark(Utf8JsonWriter writer, ClockMark mark)
    {
        writer.WriteString("boot_id", mark.BootId);
        writer.WriteNumber("since_boot", Nanoseconds.Of(mark.SinceBoot));
        writer.WriteString("wall", Rfc3339.Format(mark.Wall));
    }

    private static void WriteArray<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> write)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            write(item);
        }

        writer.WriteEndArray();
    }
}

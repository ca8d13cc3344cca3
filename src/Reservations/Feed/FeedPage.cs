using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Reservations.Feed;

/// <summary>One answer of the feed.</summary>
/// <param name="Next">Where to read on after these entries are in the journal: the sequence of the last one, where there are any.</param>
/// <param name="Entries">Changes in rising sequence; empty when nothing happened while the poll waited.</param>
public sealed record FeedPage(FeedCursor Next, IReadOnlyList<FeedEntry> Entries)
{
    /// <summary>The most entries on one page.</summary>
    public const int EntriesMax = 100;

    /// <summary>Writes <c>{"epoch":…,"next":…,"entries":[{"sequence":…,"content":{…}}]}</c>.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("epoch", Next.Epoch);
        writer.WriteNumber("next", Next.Sequence);
        writer.WriteStartArray("entries");
        foreach (var entry in Entries)
        {
            writer.WriteStartObject();
            writer.WriteNumber("sequence", entry.Sequence);
            writer.WritePropertyName("content");
            entry.Content.WriteTo(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Reads a page; the entries' contents are read by whoever takes them.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/> with every problem.</exception>
    public static FeedPage Read(JsonElement element) => StrictJson.Read(element, "feed page", form =>
    {
        var epoch = form.Text("epoch", sizeMax: 64);
        var next = form.Int64("next", min: 0);
        var entries = form.List("entries", EntriesMax, ReadEntry);
        RequireWhole(form, next, entries);
        return epoch is null || next is null ? null : new FeedPage(new FeedCursor(epoch, next.Value), entries);
    });

    // Whoever believed a page that was cut would never ask for the rest.
    private static void RequireWhole(JsonForm form, long? next, IReadOnlyList<FeedEntry> entries)
    {
        if (entries.Zip(entries.Skip(1)).Any(pair => pair.First.Sequence >= pair.Second.Sequence))
        {
            form.Refuse("entries", "are not in rising sequence", "send each change once, the oldest first");
        }
        else if (entries is [.., var last] && last.Sequence != next)
        {
            form.Refuse("next", $"is {next}, and the last entry's sequence {last.Sequence}", "send the sequence of the last entry");
        }
    }

    private static FeedEntry? ReadEntry(JsonElement element, string pointer, ICollection<Problem> problems)
    {
        if (JsonForm.Open(element, pointer, problems) is not { } form)
        {
            return null;
        }

        var sequence = form.Int64("sequence", min: 1);
        var content = form.Raw("content");
        return form.Close(sequence is null || content is null ? null : new FeedEntry(sequence.Value, content.Value));
    }
}

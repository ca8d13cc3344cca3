using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Reservations.Feed;

/// <summary>One answer of the feed.</summary>
/// <param name="Next">Where to read on after these entries are in the journal.</param>
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
        return epoch is null || next is null ? null : new FeedPage(new FeedCursor(epoch, next.Value), entries);
    });

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

using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Provisioning.Journal;

/// <summary>
/// One line of a journal: <c>{"crc":"…","order":"…","n":…,"at":"…","entry":"…",…}</c>. The CRC-32C is over everything behind the comma
/// that follows it, up to the end of the line; <c>order</c> is a digest, or <c>node</c>; <c>n</c> counts the entries of that order from 1.
/// </summary>
/// <param name="Order">Whose entry it is; the default value for the node's own.</param>
/// <param name="Number">Its position among the entries of that order.</param>
/// <param name="At">The wall clock when it was written; for people, never for ordering.</param>
/// <param name="Entry">What happened.</param>
public sealed record JournalLine(Digest Order, long Number, DateTimeOffset At, Entry Entry)
{
    private const string NodeName = "node";
    private const string Head = "{\"crc\":\"";
    private const int BodyStart = 18;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line's bytes, with the newline.</summary>
    public byte[] ToBytes()
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(body, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("order", Order.IsMissing ? NodeName : Order.ToString());
            writer.WriteNumber("n", Number);
            writer.WriteString("at", Rfc3339.Format(At));
            EntryJson.Write(writer, Entry);
            writer.WriteEndObject();
        }

        // The body begins with the brace that the head writes instead.
        var rest = body.WrittenSpan[1..];
        var line = new byte[BodyStart + rest.Length + 1];
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Head}{Checksum(rest):x8}\","), line);
        rest.CopyTo(line.AsSpan(BodyStart));
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>True when the line, without its newline, is whole.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> line) =>
        line.Length > BodyStart
        && line.StartsWith("{\"crc\":\""u8)
        && line[(BodyStart - 2)..BodyStart].SequenceEqual("\","u8)
        && uint.TryParse(line[Head.Length..(BodyStart - 2)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var crc)
        && crc == Checksum(line[BodyStart..]);

    /// <summary>Reads a line without its newline.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.DataLoss"/>: torn, altered, or of a version we do not know.</exception>
    public static JournalLine Read(ReadOnlyMemory<byte> line)
    {
        if (!IsWhole(line.Span))
        {
            throw new FaultException(FaultCode.DataLoss, "The line is torn or was altered: its checksum is wrong");
        }

        try
        {
            return StrictJson.Read(StrictJson.Parse(line, "journal line"), "journal line", Read);
        }
        catch (FaultException e)
        {
            throw new FaultException(new Fault(FaultCode.DataLoss, "The line cannot be understood", Cause: e.Fault), e);
        }
    }

    /// <summary>The orders that a line which cannot be read seems to belong to: several when newlines between lines were lost.</summary>
    public static IReadOnlyCollection<Digest> GuessOrders(ReadOnlySpan<byte> line)
    {
        var orders = new HashSet<Digest>();
        while (!line.IsEmpty)
        {
            if (TryGuessOrder(line, out var order))
            {
                orders.Add(order);
            }

            var next = line[1..].IndexOf("{\"crc\":\""u8);
            line = next < 0 ? default : line[(next + 1)..];
        }

        return orders;
    }

    private static bool TryGuessOrder(ReadOnlySpan<byte> line, out Digest order)
    {
        order = default;
        var start = line.IndexOf("\"order\":\""u8);
        var text = start < 0 ? default : line[(start + 9)..];
        return text.Length > Digest.TextSize
            && text[Digest.TextSize] == '"'
            && Digest.TryParse(Encoding.ASCII.GetString(text[..Digest.TextSize]), out order);
    }

    private static JournalLine? Read(JsonForm form)
    {
        form.Text("crc", sizeMax: 8);
        var order = form.Parsed<Digest>("order", TryParseOrder, "a digest, or \"node\"");
        var number = form.Int64("n", min: 1);
        var at = form.Moment("at");
        var entry = EntryJson.Read(form);
        return order is null || number is null || at is null || entry is null
            ? null
            : new JournalLine(order.Value, number.Value, at.Value, entry);
    }

    private static bool TryParseOrder(string? text, out Digest order)
    {
        order = default;
        return text == NodeName || Digest.TryParse(text, out order);
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BitConverter.ToUInt64(bytes));
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>The types of Go and its library that Zero-OS's documents are made of.</summary>
public static class GoTypes
{
    /// <summary>A text.</summary>
    public static GoType Text { get; } = new GoScalar(
        "string",
        "",
        (reader, json, type) => GoReader.TextOf(json) ?? reader.Mismatch(json, type),
        (json, value) => GoText.Write(json, (string)value!));

    /// <summary>True or false.</summary>
    public static GoType Flag { get; } = new GoScalar(
        "bool",
        false,
        (reader, json, type) => json.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? json.GetBoolean()
            : reader.Mismatch(json, type),
        (json, value) => json.Append((bool)value! ? "true" : "false"));

    /// <summary>Whole numbers of 64 bits without a sign.</summary>
    public static GoType Unsigned64 { get; } = Whole("uint64", 0, ulong.MaxValue);

    /// <summary>The same as the machine's word.</summary>
    public static GoType UnsignedWord { get; } = Whole("uint", 0, ulong.MaxValue);

    /// <summary>Whole numbers of 16 bits without a sign.</summary>
    public static GoType Unsigned16 { get; } = Whole("uint16", 0, ushort.MaxValue);

    /// <summary>Whole numbers of 8 bits without a sign.</summary>
    public static GoType Unsigned8 { get; } = Whole("uint8", 0, byte.MaxValue);

    /// <summary>Whole numbers of 64 bits.</summary>
    public static GoType Signed64 { get; } = Whole("int64", long.MinValue, long.MaxValue);

    /// <summary>Whole numbers of the machine's word.</summary>
    public static GoType SignedWord { get; } = Whole("int", long.MinValue, long.MaxValue);

    /// <summary>Whole numbers of 16 bits.</summary>
    public static GoType Signed16 { get; } = Whole("int16", short.MinValue, short.MaxValue);

    /// <summary>A span in nanoseconds.</summary>
    public static GoType Duration { get; } = Whole("time.Duration", long.MinValue, long.MaxValue);

    /// <summary>A floating number.</summary>
    public static GoType Float { get; } = new GoScalar(
        "float64",
        0d,
        (reader, json, type) => json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : reader.Mismatch(json, type, json.ValueKind == JsonValueKind.Number ? json.GetRawText() : null),
        (json, value) => json.Append(GoNumber.Format((double)value!)));

    /// <summary>Bytes as base64; nil is null.</summary>
    public static GoType Bytes { get; } = new GoScalar("[]uint8", null, ReadBytes, WriteBytes) { NullEmpties = true };

    /// <summary>JSON kept as it was written, in UTF-8: written again without white space, and with HTML's characters escaped.</summary>
    public static GoType Raw { get; } = new GoScalar("json.RawMessage", null, (_, json, _) => RawOf(json), WriteRaw) { TakesNull = true };

    /// <summary>A time.</summary>
    public static GoType Time { get; } = new GoScalar(
        "time.Time",
        default(GoTime),
        (reader, json, _) => GoTime.Parse(Encoding.UTF8.GetString(RawOf(json)), out var time) is { } error ? reader.Abort(error) : time,
        (json, value) => json.Append('"').Append((GoTime)value!).Append('"'));

    /// <summary>An address; its value is its text.</summary>
    public static GoType Ip { get; } = Address("net.IP", GoAddress.Read);

    /// <summary>A range of addresses; its value is its text.</summary>
    public static GoType IpNet { get; } = Address("types.IPNet", GoAddress.ReadRange);

    /// <summary>The same in the directory.</summary>
    public static GoType IpRange { get; } = Address("schema.IPRange", GoAddress.ReadRange);

    /// <summary>A date of the directory; its value is in seconds since 1970.</summary>
    public static GoType Date { get; } = new GoScalar(
        "schema.Date", 0L, ReadDate, (json, value) => json.Append(CultureInfo.InvariantCulture, $"{(long)value!}")) { TakesNull = true };

    /// <summary>A value of any shape.</summary>
    public static GoType Any { get; } = new GoScalar("interface {}", null, ReadAny, WriteAny) { TakesNull = true };

    /// <summary>An object of any shape.</summary>
    public static GoType Map { get; } = new GoMap(Any);

    /// <summary>A list of any shape.</summary>
    public static GoType Values { get; } = new GoList(Any);

    private delegate string? AddressReader(string text, out string error);

    private static GoScalar Address(string name, AddressReader read) => new(
        name,
        "",
        (reader, json, type) => GoReader.TextOf(json) is not { } text ? reader.Mismatch(json, type)
            : read(text, out var error) ?? reader.Abort(error),
        (json, value) => GoText.Write(json, (string)value!));

    private static GoScalar Whole(string name, Int128 min, Int128 max) => new(
        name,
        Int128.Zero,
        (reader, json, type) => json.ValueKind != JsonValueKind.Number ? reader.Mismatch(json, type)
            : IsWhole(json.GetRawText(), min, max, out var number) ? number
            : reader.Mismatch(json, type, json.GetRawText()),
        (json, value) => json.Append(CultureInfo.InvariantCulture, $"{(Int128)value!}"));

    // Go reads the digits of an unsigned number without a sign, so -0 is none.
    private static bool IsWhole(string text, Int128 min, Int128 max, out Int128 number)
    {
        number = 0;
        return text.Length <= 20 && (min < 0 || text[0] != '-')
            && Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            && number >= min && number <= max;
    }

    private static byte[] RawOf(JsonElement json) => System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(json).ToArray();

    private static object? ReadBytes(GoReader reader, JsonElement json, GoType type)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            var numbers = (List<object?>)new GoList(Unsigned8).Read(reader, json, null)!;
            return numbers.Select(number => (byte)(Int128)number!).ToArray();
        }

        return GoReader.TextOf(json) is not { } text ? reader.Mismatch(json, type)
            : GoBytes.Decode(text, out var bytes) is { } error ? reader.Refuse(error)
            : bytes;
    }

    private static void WriteBytes(StringBuilder json, object? value) =>
        json.Append(value is byte[] bytes ? $"\"{Convert.ToBase64String(bytes)}\"" : "null");

    private static void WriteRaw(StringBuilder json, object? value) =>
        json.Append(value is byte[] { Length: > 0 } raw ? CanonicalJson.Of(Encoding.UTF8.GetString(raw)).Text : "null");

    private static void WriteAny(StringBuilder json, object? value)
    {
        if (value is JsonElement element)
        {
            GoNumber.WriteAny(json, element);
        }
        else
        {
            json.Append("null");
        }
    }

    private static object? ReadAny(GoReader reader, JsonElement json, GoType type) =>
        FindTooLarge(json) is { } number ? reader.Mismatch(number, Float, number.GetRawText()) : json;

    // Every number of a value of any shape is a floating one.
    private static JsonElement? FindTooLarge(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number => double.IsFinite(json.GetDouble()) ? null : json,
        JsonValueKind.Array => json.EnumerateArray().Select(FindTooLarge).FirstOrDefault(found => found is not null),
        JsonValueKind.Object =>
            json.EnumerateObject().Select(member => FindTooLarge(member.Value)).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static object? ReadDate(GoReader reader, JsonElement json, GoType type)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Number:
                return json.GetDouble() is var seconds && double.IsFinite(seconds)
                    ? (long)seconds
                    : reader.Abort($"json: cannot unmarshal number {json.GetRawText()} into Go value of type float64");
            case JsonValueKind.String:
                return GoDate.Read(GoReader.TextOf(json)!, out var error) ?? reader.Abort(error);
            default:
                var name = json.ValueKind switch
                {
                    JsonValueKind.Null => "<nil>",
                    JsonValueKind.Object => "map[string]interface {}",
                    JsonValueKind.Array => "[]interface {}",
                    _ => "bool",
                };
                return reader.Abort($"unknown date format: {name}({json.GetRawText()})");
        }
    }
}

using System.Globalization;
using System.Text.Json;

namespace Provision.Reservations.Tests.Wire.ZeroOs;

/// <summary>One question to the original, and its answer.</summary>
internal sealed record Vector(JsonElement Json, int Index)
{
    /// <summary>A text that is there.</summary>
    public string Text(string name) => Json.GetProperty(name).GetString()!;

    /// <summary>A text, or null where the original says null.</summary>
    public string? Maybe(string name) => Json.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A whole number.</summary>
    public long Number(string name) => Json.GetProperty(name).GetInt64();

    /// <summary>Bytes that are there as hexadecimal digits.</summary>
    public byte[] Hex(string name) => Convert.FromHexString(Text(name));

    /// <inheritdoc/>
    public override string ToString() =>
        Json.TryGetProperty("name", out var name) ? name.GetString()! : Json.GetRawText()[..Math.Min(80, Json.GetRawText().Length)];

    /// <summary>A span as Go prints it: hours, minutes and seconds.</summary>
    public static TimeSpan Span(string text)
    {
        var sign = text.StartsWith('-') ? -1 : 1;
        var total = TimeSpan.Zero;
        var number = "";
        foreach (var c in text.TrimStart('-'))
        {
            if (char.IsAsciiDigit(c))
            {
                number += c;
                continue;
            }

            var count = int.Parse(number, CultureInfo.InvariantCulture);
            total += c switch { 'h' => TimeSpan.FromHours(count), 'm' => TimeSpan.FromMinutes(count), _ => TimeSpan.FromSeconds(count) };
            number = "";
        }

        return sign * total;
    }
}

using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>Strings as Go's encoding/json reads and writes them (decode.go, encode.go).</summary>
internal static class GoText
{
    /// <summary>What is between quotes. Bytes that are no UTF-8 and halves of surrogate pairs become U+FFFD, one each.</summary>
    public static string Unquote(ReadOnlySpan<byte> inner)
    {
        var text = new StringBuilder(inner.Length);
        while (!inner.IsEmpty)
        {
            if (inner[0] == '\\')
            {
                inner = inner[Unescape(inner, text)..];
                continue;
            }

            var valid = Rune.DecodeFromUtf8(inner, out var rune, out var length) == OperationStatus.Done;
            text.Append(rune);
            inner = inner[(valid ? length : 1)..];
        }

        return text.ToString();
    }

    /// <summary>Writes a string with its quotes; <c>&lt; &gt; &amp; U+2028 U+2029</c> are escaped.</summary>
    public static void Write(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append(@"\\"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < 0x20 or '<' or '>' or '&' or 0x2028 or 0x2029 =>
                    json.Append(CultureInfo.InvariantCulture, $@"\u{rune.Value:x4}"),
                _ => json.Append(rune),
            };
        }

        json.Append('"');
    }

    /// <summary>The text of a JSON string; null for anything else.</summary>
    public static string? Of(JsonElement json, ReadOnlySpan<byte> raw) =>
        json.ValueKind == JsonValueKind.String ? Unquote(raw[1..^1]) : null;

    /// <summary>A text as Go's %q prints it, for messages.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value is '"' or '\\' ? quoted.Append('\\').Append(rune)
                : Rune.IsControl(rune) ? quoted.Append(CultureInfo.InvariantCulture, $@"\x{rune.Value:x2}")
                : quoted.Append(rune);
        }

        return quoted.Append('"').ToString();
    }

    // How many bytes the escape has.
    private static int Unescape(ReadOnlySpan<byte> inner, StringBuilder text)
    {
        if (inner[1] != 'u')
        {
            text.Append(inner[1] switch
            {
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                var c => (char)c,
            });
            return 2;
        }

        var unit = Unit(inner);
        if (char.IsHighSurrogate(unit) && inner.Length >= 12 && inner[6] == '\\' && inner[7] == 'u'
            && Unit(inner[6..]) is var low && char.IsLowSurrogate(low))
        {
            text.Append(unit).Append(low);
            return 12;
        }

        text.Append(char.IsSurrogate(unit) ? (char)Rune.ReplacementChar.Value : unit);
        return 6;
    }

    private static char Unit(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

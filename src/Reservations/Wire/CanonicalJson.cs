using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Provision.Reservations.Wire;

/// <summary>
/// A JSON value as Go re-encodes it: without insignificant white space, with <c>&lt; &gt; &amp; U+2028 U+2029</c> inside strings escaped;
/// keys, numbers and other escapes stay as written (spec 01 §1.2). These are the bytes a signature covers, so no hop can change them.
/// </summary>
public readonly record struct CanonicalJson
{
    private readonly string? text;

    // The default value and a null that was read are one value.
    private CanonicalJson(string text) => this.text = text == "null" ? null : text;

    /// <summary>The text; <c>null</c> for the default value.</summary>
    public string Text => text ?? "null";

    /// <summary>The canonical form of a value that was read.</summary>
    public static CanonicalJson Of(JsonElement element) => Of(element.GetRawText());

    /// <summary>The canonical form of a text that is valid JSON.</summary>
    public static CanonicalJson Of(string json)
    {
        var canonical = new StringBuilder(json.Length);
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            if (inString && c == '\\')
            {
                canonical.Append(c).Append(json[++i]);
                continue;
            }

            inString ^= c == '"';
            if (inString && c is '<' or '>' or '&' or '\u2028' or '\u2029')
            {
                canonical.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else if (inString || c is not (' ' or '\t' or '\r' or '\n'))
            {
                canonical.Append(c);
            }
        }

        return new CanonicalJson(canonical.ToString());
    }

    /// <summary>The canonical form of what <paramref name="write"/> writes.</summary>
    public static CanonicalJson Build(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options))
        {
            write(writer);
        }

        return Of(Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }

    /// <summary>Writes the value as it is.</summary>
    public void WriteTo(Utf8JsonWriter writer) => writer.WriteRawValue(Text, skipInputValidation: true);

    /// <summary>Reads the value; the document lives as long as the element does.</summary>
    public JsonElement ToElement() => JsonElement.Parse(Text);

    /// <inheritdoc/>
    public override string ToString() => Text;

    // Escapes no more than JSON demands; Of adds what Go adds.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

using System.Text;
using System.Text.Json;
using Provision.Reservations.Faults;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>Documents of Zero-OS v0.2.1, read as leniently and written as exactly as Go's encoding/json does (spec 01 §1).</summary>
public static class GoJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = GoSyntax.DepthMax };

    /// <summary>Reads a value.</summary>
    /// <param name="type">What it shall be.</param>
    /// <param name="utf8">At most <see cref="StrictJson.SizeMax"/> bytes.</param>
    /// <param name="whole">
    /// True: as json.Unmarshal reads <c>data</c>, nothing may follow. False: as json.Decoder reads bodies and files, where the first value
    /// counts.
    /// </param>
    public static GoDecoded Decode(GoType type, ReadOnlyMemory<byte> utf8, bool whole = false)
    {
        if (utf8.Length > StrictJson.SizeMax)
        {
            return Refused($"has {utf8.Length} bytes", $"send at most {StrictJson.SizeMax}");
        }

        if (GoSyntax.Check(utf8.Span, whole, out var end) is { } fault)
        {
            return Refused(fault, "give JSON");
        }

        using var document = JsonDocument.Parse(utf8[..end], Options);
        var reader = new GoReader();
        var value = type.Read(reader, document.RootElement.Clone(), type.Zero);
        return new GoDecoded(reader.Error is null ? value : null, reader.Error, reader.Problems);
    }

    /// <summary>Writes a value, without a newline behind it.</summary>
    public static string Encode(GoType type, object? value)
    {
        var json = new StringBuilder();
        type.Write(json, value);
        return json.ToString();
    }

    private static GoDecoded Refused(string reason, string remedy) => new(null, reason, [new Problem("", reason, remedy)]);
}

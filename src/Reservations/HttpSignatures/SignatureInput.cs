using System.Globalization;
using System.Text;
using Provision.Reservations.Faults;

namespace Provision.Reservations.HttpSignatures;

/// <summary>What a signature covers and says of itself: one member of the field Signature-Input (RFC 9421 §4.1).</summary>
internal sealed record SignatureInput(IReadOnlyList<string> Components, IReadOnlyList<KeyValuePair<string, FieldValue>> Parameters)
{
    private const long LatestSecond = 253_402_300_799; // 9999-12-31T23:59:59Z

    /// <summary>Reads one, wherever in a field.</summary>
    public static SignatureInput Read(ref FieldReader reader) => new(reader.ReadStrings(), reader.ReadParameters());

    /// <summary>A parameter; null when there is none.</summary>
    /// <exception cref="FaultException"><c>BadSignature</c>: it is of another sort.</exception>
    public string? Find(string name, FieldValueType type)
    {
        var found = Parameters.FirstOrDefault(parameter => parameter.Key == name);
        return found.Key is null ? null
            : found.Value.Type == type ? found.Value.Text
            : throw Refuse($"has a parameter {name} of another type than it should be");
    }

    /// <summary>A moment among the parameters, in seconds since 1970; null when there is none.</summary>
    /// <exception cref="FaultException"><c>BadSignature</c>: it is none.</exception>
    public DateTimeOffset? FindTime(string name)
    {
        if (Find(name, FieldValueType.Integer) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= LatestSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw Refuse($"has {name}={text}, which is no second of the years 1970 to 9999");
    }

    /// <summary>The bytes that are signed (RFC 9421 §2.5).</summary>
    /// <exception cref="FaultException"><c>BadSignature</c>: a component that is not there, is not known, or is named twice.</exception>
    public byte[] BuildBase(RequestParts request)
    {
        var lines = new StringBuilder();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var component in Components)
        {
            if (!named.Add(component))
            {
                throw Refuse($"names the component \"{component}\" twice");
            }

            lines.Append(FieldValue.Of(component)).Append(": ").Append(ValueOf(component, request)).Append('\n');
        }

        return Encoding.ASCII.GetBytes(lines.Append("\"@signature-params\": ").Append(this).ToString());
    }

    /// <summary>As it is written in the field, without the label.</summary>
    public override string ToString() =>
        $"({string.Join(' ', Components.Select(FieldValue.Of))}){string.Concat(Parameters.Select(Write))}";

    // What is true is written without its value (RFC 9651 §4.1.1.2).
    private static string Write(KeyValuePair<string, FieldValue> parameter) =>
        parameter.Value is { Type: FieldValueType.Boolean, Text: "1" } ? $";{parameter.Key}" : $";{parameter.Key}={parameter.Value}";

    private static string ValueOf(string component, RequestParts request)
    {
        var value = component switch
        {
            "@method" => request.Method,
            "@authority" => request.Authority.ToLowerInvariant(),
            "@path" => request.Path.Length == 0 ? "/" : request.Path,
            "@query" => request.Query.Length == 0 ? "?" : request.Query,
            ['@', ..] => throw Refuse($"covers \"{component}\", which is not supported"),
            _ => request.Field(component)?.Trim() ?? throw Refuse($"covers the field \"{component}\", which the request does not have"),
        };

        // A line more than there are components would let two requests have one signature.
        return value.All(c => c is >= ' ' and <= '~' or '\t') ? value : throw Refuse($"covers \"{component}\", which is not ASCII");
    }

    private static FaultException Refuse(string what) => new(
        FaultCode.BadSignature, $"The signature of the request {what}", "Cover what docs/protocol.md lists, each once.");
}

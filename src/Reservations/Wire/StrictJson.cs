using System.Text.Json;
using System.Text.Unicode;
using Provision.Reservations.Faults;

namespace Provision.Reservations.Wire;

/// <summary>The strict reader of outside bytes: bounded size and depth, UTF-8, no comments, no trailing commas, no key twice.</summary>
public static class StrictJson
{
    /// <summary>The largest document, in bytes.</summary>
    public const int SizeMax = 1 << 20;

    /// <summary>The deepest nesting.</summary>
    public const int DepthMax = 32;

    private const int ReasonMax = 200;

    /// <summary>Parses one JSON value.</summary>
    /// <param name="utf8">Its bytes.</param>
    /// <param name="document">What it is, in the words of a fault.</param>
    /// <param name="sizeMax">The most bytes.</param>
    /// <param name="depthMax">The deepest nesting.</param>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>, saying what and where.</exception>
    public static JsonElement Parse(
        ReadOnlyMemory<byte> utf8, string document = "document", int sizeMax = SizeMax, int depthMax = DepthMax)
    {
        if (utf8.Length > sizeMax)
        {
            throw new FaultException(Fault.Invalid(
                $"The {document} is too large",
                [new Problem("", $"has {utf8.Length} bytes", $"send at most {sizeMax}")]));
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            throw new FaultException(NotUnicode(document));
        }

        try
        {
            var options = new JsonDocumentOptions { MaxDepth = depthMax, AllowDuplicateProperties = false };
            using var parsed = JsonDocument.Parse(utf8, options);
            return parsed.RootElement.Clone();
        }
        catch (JsonException e)
        {
            var remedy = $"send one JSON value, each key once, nested at most {depthMax} deep";
            throw new FaultException(NotJson(document, Reason(e), remedy), e);
        }
        catch (InvalidOperationException e)
        {
            // Thrown for half a surrogate pair, escaped, in a key.
            throw new FaultException(NotUnicode(document), e);
        }
    }

    /// <summary>Parses a document and reads it with <paramref name="read"/>, which reports what is wrong.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/> with every problem.</exception>
    public static T Read<T>(JsonElement element, string document, Func<JsonForm, T?> read)
        where T : class
    {
        var problems = new List<Problem>();
        var result = JsonForm.Open(element, "", problems) is { } form ? form.Close(read(form)) : null;
        return problems.Count == 0 && result is not null
            ? result
            : throw new FaultException(Fault.Invalid($"The {document} is not valid", problems));
    }

    private static Fault NotUnicode(string document) =>
        NotJson(document, "contains text that is not Unicode", "send UTF-8 without lone surrogates");

    private static Fault NotJson(string document, string reason, string remedy) =>
        Fault.Invalid($"The {document} is not valid JSON", [new Problem("", reason, remedy)]);

    // A key that is there twice is reported without a place. Some messages quote as much of the document as it has.
    private static string Reason(JsonException e)
    {
        var what = JsonForm.Shorten(e.Message.Split(". LineNumber")[0].TrimEnd('.'), ReasonMax);
        return e.LineNumber is null
            ? $"breaks the rules: {what}"
            : $"breaks off at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {what}";
    }
}

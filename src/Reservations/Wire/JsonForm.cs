using System.Globalization;
using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Reservations.Wire;

/// <summary>
/// Reads one JSON object field by field and collects every problem with its pointer. A field that was never asked for is refused by
/// <see cref="Close"/>. A field that is wrong or missing reads as null, so that the rest is still checked.
/// </summary>
public sealed class JsonForm
{
    private readonly JsonElement element;
    private readonly string pointer;
    private readonly ICollection<Problem> problems;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    private JsonForm(JsonElement element, string pointer, ICollection<Problem> problems)
    {
        this.element = element;
        this.pointer = pointer;
        this.problems = problems;
    }

    /// <summary>Opens an object; null and a problem when the value is not one.</summary>
    public static JsonForm? Open(JsonElement element, string pointer, ICollection<Problem> problems)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            return new JsonForm(element, pointer, problems);
        }

        problems.Add(new Problem(pointer, $"is {Describe(element)}", "give a JSON object"));
        return null;
    }

    /// <summary>True when the field is there.</summary>
    public bool Has(string name) => element.TryGetProperty(name, out _);

    /// <summary>Reports a problem of a field.</summary>
    public void Refuse(string name, string reason, string remedy) => problems.Add(new Problem(Child(name), reason, remedy));

    /// <summary>Reports a problem of a member of a field.</summary>
    public void RefuseBelow(string name, string member, string reason, string remedy) =>
        problems.Add(new Problem($"{Child(name)}/{Escape(member)}", reason, remedy));

    /// <summary>Reports a problem of the object as a whole.</summary>
    public void Refuse(string reason, string remedy) => problems.Add(new Problem(pointer, reason, remedy));

    /// <summary>A text of bounded length.</summary>
    public string? Text(string name, bool required = true, int sizeMax = 4096)
    {
        if (Find(name, required, JsonValueKind.String, "a text") is not { } value)
        {
            return null;
        }

        if (TextOf(value) is not { } text)
        {
            Refuse(name, "is not Unicode text", "give UTF-8 without lone surrogates");
            return null;
        }

        if (text.Length <= sizeMax)
        {
            return text;
        }

        Refuse(name, $"has {text.Length} characters", $"give at most {sizeMax}");
        return null;
    }

    /// <summary>The text that the value is; null when it is none, or has lone surrogates.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>One of a few texts.</summary>
    public string? OneOf(string name, IReadOnlyCollection<string> choices, bool required = true)
    {
        if (Text(name, required) is not { } text)
        {
            return null;
        }

        if (choices.Contains(text))
        {
            return text;
        }

        Refuse(name, $"is \"{Shorten(text)}\"", $"choose {string.Join(" or ", choices.Select(choice => $"\"{choice}\""))}");
        return null;
    }

    /// <summary>A whole number in a range, both ends included.</summary>
    public long? Int64(string name, long min = long.MinValue, long max = long.MaxValue, bool required = true)
    {
        if (Find(name, required, JsonValueKind.Number, "a number") is not { } value)
        {
            return null;
        }

        if (value.TryGetInt64(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Refuse(name, $"is {Shorten(value.GetRawText())}", $"give a whole number from {min} to {max}");
        return null;
    }

    /// <summary>True or false; an absent optional field is false.</summary>
    public bool? Flag(string name, bool required = false)
    {
        if (Find(name, required, null, "true or false") is not { } value)
        {
            return required ? null : false;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Refuse(name, $"is {Describe(value)}", "give true or false");
        return null;
    }

    /// <summary>A moment: RFC 3339, at most seven digits of a second.</summary>
    public DateTimeOffset? Moment(string name)
    {
        if (Text(name, sizeMax: 40) is not { } text)
        {
            return null;
        }

        // The range keeps Unix nanoseconds within 64 bits, with room to add the longest lease.
        if (Rfc3339.TryParse(text, out var moment) && moment.Year is >= 1970 and < 2200)
        {
            return moment;
        }

        Refuse(
            name,
            $"is \"{Shorten(text)}\"",
            "give a time such as 2026-01-31T12:00:00Z, at most seven digits after the second, from 1970 to 2199");
        return null;
    }

    /// <summary>A span in nanoseconds, whole multiples of 100.</summary>
    public TimeSpan? Span(string name)
    {
        if (Int64(name) is not { } nanoseconds)
        {
            return null;
        }

        if (nanoseconds % Nanoseconds.PerTick == 0)
        {
            return Nanoseconds.ToSpan(nanoseconds);
        }

        Refuse(name, $"is {nanoseconds}", $"give nanoseconds in whole multiples of {Nanoseconds.PerTick}");
        return null;
    }

    /// <summary>A text that one of our types can read.</summary>
    public T? Parsed<T>(string name, Parser<T> parse, string expected, bool required = true)
        where T : struct
    {
        if (Text(name, required) is not { } text)
        {
            return null;
        }

        if (parse(text, out var value))
        {
            return value;
        }

        Refuse(name, $"is \"{Shorten(text)}\"", $"give {expected}");
        return null;
    }

    /// <summary>A signature; missing when the field is absent or empty, so that the verifier says what that means.</summary>
    public Signature SignatureField() =>
        Text("signature", required: false) is not { Length: > 0 } text ? default
        : Signature.TryParse(text, out var signature) ? signature
        : RefuseSignature(text);

    /// <summary>A value of any shape, made canonical.</summary>
    public CanonicalJson? Raw(string name, bool required = true) =>
        Find(name, required, null, "a value") is { } value ? CanonicalJson.Of(value) : null;

    /// <summary>A nested object.</summary>
    public JsonForm? Object(string name, bool required = true) =>
        Find(name, required, null, "an object") is { } value ? Open(value, Child(name), problems) : null;

    /// <summary>An array, each element read by <paramref name="read"/>.</summary>
    public IReadOnlyList<T> List<T>(
        string name,
        int countMax,
        Func<JsonElement, string, ICollection<Problem>, T?> read,
        bool required = true)
        where T : class
    {
        if (Find(name, required, JsonValueKind.Array, "an array") is not { } value)
        {
            return [];
        }

        if (value.GetArrayLength() > countMax)
        {
            Refuse(name, $"has {value.GetArrayLength()} elements", $"give at most {countMax}");
            return [];
        }

        var items = new List<T>();
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (read(item, string.Create(CultureInfo.InvariantCulture, $"{Child(name)}/{index}"), problems) is { } result)
            {
                items.Add(result);
            }
        }

        return items;
    }

    /// <summary>An object whose members are texts of any name, by name; an absent field has none.</summary>
    public IReadOnlyDictionary<string, string> Texts(string name, int countMax, int sizeMax)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Find(name, required: false, JsonValueKind.Object, "an object") is not { } value
            || Open(value, Child(name), problems) is not { } inner)
        {
            return texts;
        }

        var members = value.EnumerateObject().ToList();
        if (members.Count > countMax)
        {
            Refuse(name, $"has {members.Count} members", $"give at most {countMax}");
            return texts;
        }

        foreach (var member in members)
        {
            if (inner.Text(member.Name, sizeMax: sizeMax) is { } text)
            {
                texts[member.Name] = text;
            }
        }

        return texts;
    }

    /// <summary>Refuses every field that was not asked for, and hands <paramref name="result"/> through.</summary>
    public T? Close<T>(T? result)
        where T : class
    {
        foreach (var property in element.EnumerateObject().Where(property => !asked.Contains(property.Name)))
        {
            var known = string.Join(", ", asked.Order(StringComparer.Ordinal));
            Refuse(property.Name, "is not a field we know", $"remove it; known here: {known}");
        }

        return result;
    }

    private JsonElement? Find(string name, bool required, JsonValueKind? kind, string expected)
    {
        asked.Add(name);
        if (!element.TryGetProperty(name, out var value))
        {
            if (required)
            {
                Refuse(name, "is missing", $"give {expected}");
            }

            return null;
        }

        if (kind is null || value.ValueKind == kind)
        {
            return value;
        }

        Refuse(name, $"is {Describe(value)}", $"give {expected}");
        return null;
    }

    private Signature RefuseSignature(string text)
    {
        Refuse("signature", $"is \"{Shorten(text)}\"", "give the 64 bytes of an Ed25519 signature in padded base64");
        return default;
    }

    private string Child(string name) => $"{pointer}/{Escape(name)}";

    /// <summary>A name as a part of a JSON pointer (RFC 6901), shortened as <see cref="Shorten"/> does.</summary>
    public static string Escape(string name) =>
        Shorten(name).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        _ => "true or false",
    };

    /// <summary>What a stranger wrote, short and without control characters: answers are printed on terminals.</summary>
    public static string Shorten(string text, int most = 60)
    {
        var kept = text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "…";
        return string.Concat(kept.Select(c => char.IsControl(c) ? '�' : c));
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;
using Provision.Reservations.Faults;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>Where a decoding is, and what it found wrong: Go's message, which is one, and every problem with its pointer.</summary>
internal sealed class GoReader
{
    private const int ProblemsMax = 100;
    private const int ReasonMax = 200;
    private readonly List<(string Name, GoStruct? Struct)> place = [];
    private readonly List<Problem> problems = [];
    private string? abort;
    private string? saved;

    /// <summary>What Go answers; null when all is well.</summary>
    public string? Error => abort ?? saved;

    /// <summary>Everything wrong, at most a hundred of it.</summary>
    public IReadOnlyList<Problem> Problems => problems;

    /// <summary>The name of a property, decoded as Go does.</summary>
    public static string NameOf(JsonProperty property) => GoText.Unquote(JsonMarshal.GetRawUtf8PropertyName(property));

    /// <summary>The text of a string; null for anything else.</summary>
    public static string? TextOf(JsonElement json) => GoText.Of(json, JsonMarshal.GetRawUtf8Value(json));

    /// <summary>Goes into a part; dispose of what comes back to leave it.</summary>
    public Leaver Enter(string name, GoStruct? owner = null)
    {
        place.Add((name, owner));
        return new Leaver(place);
    }

    /// <summary>Notes that a value is of another type than this. Always null.</summary>
    public object? Mismatch(JsonElement json, GoType type, string? literal = null)
    {
        var what = json.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => literal is null ? "number" : $"number {literal}",
            _ => "bool",
        };
        var fields = place.Where(part => part.Struct is not null).ToList();
        var root = place.Count == 0 && type is GoScalar && type.Name == "net.IP" ? "*" : "";
        var error = fields.Count == 0
            ? $"json: cannot unmarshal {what} into Go value of type {root}{type.Name}"
            : $"json: cannot unmarshal {what} into Go struct field {ShortName(fields[^1].Struct!)}"
                + $".{string.Join('.', fields.Select(part => part.Name))} of type {type.Name}";
        return Refuse(error, $"give a {type.Name}");
    }

    /// <summary>Notes a value that Go refuses, and goes on. Always null.</summary>
    public object? Refuse(string error, string remedy = "correct it")
    {
        saved ??= error;
        Report(error, remedy);
        return null;
    }

    /// <summary>Notes a value at which Go stops, so that its message comes before those noted earlier. Always null.</summary>
    public object? Abort(string error)
    {
        abort ??= error;
        Report(error, "correct it");
        return null;
    }

    private void Report(string reason, string remedy)
    {
        if (problems.Count < ProblemsMax)
        {
            var pointer = string.Concat(place.Select(part => "/" + JsonForm.Escape(part.Name)));
            problems.Add(new Problem(pointer, JsonForm.Shorten(reason, ReasonMax), remedy));
        }
    }

    private static string ShortName(GoStruct type) => type.Name[(type.Name.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>Leaves the part that was entered last.</summary>
    internal readonly struct Leaver(List<(string Name, GoStruct? Struct)> place) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => place.RemoveAt(place.Count - 1);
    }
}

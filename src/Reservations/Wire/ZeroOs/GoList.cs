using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>A slice: a list of one type, or nil, which is written as null.</summary>
public sealed class GoList(GoType element) : GoType("[]" + element.Name)
{
    /// <inheritdoc/>
    public override object? Zero => null;

    /// <inheritdoc/>
    internal override object? Read(GoReader reader, JsonElement json, object? before)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            return json.ValueKind == JsonValueKind.Null ? null : reader.Mismatch(json, this) ?? before;
        }

        // Go reads into the elements that are there already, so what a key that is there twice left shows through.
        var earlier = before as List<object?> ?? [];
        var list = new List<object?>();
        foreach (var (index, item) in json.EnumerateArray().Index())
        {
            using (reader.Enter(index.ToString(CultureInfo.InvariantCulture)))
            {
                list.Add(element.Read(reader, item, index < earlier.Count ? earlier[index] : element.Zero));
            }
        }

        return list;
    }

    /// <inheritdoc/>
    internal override void Write(StringBuilder json, object? value)
    {
        if (value is not List<object?> list)
        {
            json.Append("null");
            return;
        }

        json.Append('[');
        foreach (var (index, item) in list.Index())
        {
            json.Append(index == 0 ? "" : ",");
            element.Write(json, item);
        }

        json.Append(']');
    }

    /// <inheritdoc/>
    internal override bool IsEmpty(object? value) => value is not List<object?> { Count: > 0 };
}

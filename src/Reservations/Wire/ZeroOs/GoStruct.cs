using System.Text;
using System.Text.Json;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>
/// A struct: fields in the order in which they are written. Keys are found whatever the case of their letters; those that nobody knows are
/// passed over; of two equal ones the last counts.
/// </summary>
/// <param name="name">Its name with its package, <c>provision.Volume</c>.</param>
/// <param name="fields">Its fields.</param>
public sealed class GoStruct(string name, params IReadOnlyList<GoField> fields) : GoType(name)
{
    /// <summary>Its fields.</summary>
    public IReadOnlyList<GoField> Fields { get; } = fields;

    /// <inheritdoc/>
    public override object? Zero => new GoObject(this, [.. Fields.Select(one => one.Type.Zero)]);

    /// <summary>A value with these fields; the others are as nobody set them.</summary>
    public GoObject Make(params IEnumerable<(string Key, object? Value)> values)
    {
        var made = (GoObject)Zero!;
        foreach (var (key, value) in values)
        {
            made.Values[IndexOf(key)] = value;
        }

        return made;
    }

    /// <inheritdoc/>
    internal override object? Read(GoReader reader, JsonElement json, object? before)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return json.ValueKind == JsonValueKind.Null ? before : reader.Mismatch(json, this) ?? before;
        }

        object?[] values = [.. ((GoObject)before!).Values];
        foreach (var property in json.EnumerateObject())
        {
            if (IndexOf(Fold(GoReader.NameOf(property))) is var index and >= 0)
            {
                using (reader.Enter(Fields[index].Name, this))
                {
                    values[index] = Fields[index].Type.Read(reader, property.Value, values[index]);
                }
            }
        }

        return new GoObject(this, values);
    }

    /// <inheritdoc/>
    internal override void Write(StringBuilder json, object? value)
    {
        json.Append('{');
        var first = true;
        foreach (var (field, item) in Fields.Zip(((GoObject)value!).Values))
        {
            if (field.OmitEmpty && field.Type.IsEmpty(item))
            {
                continue;
            }

            json.Append(first ? "" : ",");
            first = false;
            GoText.Write(json, field.Name);
            json.Append(':');
            field.Type.Write(json, item);
        }

        json.Append('}');
    }

    /// <inheritdoc/>
    internal override bool IsEmpty(object? value) => false;

    internal int IndexOf(string folded)
    {
        for (var index = 0; index < Fields.Count; index++)
        {
            if (Fields[index].Folded == folded || Fields[index].Name == folded)
            {
                return index;
            }
        }

        return -1;
    }

    // Go compares simple case folding: of all letters only these two fold to ASCII ones.
    internal static string Fold(string name) => string.Create(name.Length, name, static (folded, name) =>
    {
        for (var i = 0; i < name.Length; i++)
        {
            folded[i] = name[i] switch { '\u017f' => 's', '\u212a' => 'k', var c => char.IsAscii(c) ? char.ToLowerInvariant(c) : c };
        }
    });
}

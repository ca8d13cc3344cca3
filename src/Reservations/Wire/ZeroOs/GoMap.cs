using System.Text;
using System.Text.Json;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>A map from strings, or nil, which is written as null. Keys are written in the order of their bytes.</summary>
public sealed class GoMap(GoType element) : GoType("map[string]" + element.Name)
{
    /// <inheritdoc/>
    public override object? Zero => null;

    /// <inheritdoc/>
    internal override object? Read(GoReader reader, JsonElement json, object? before)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return json.ValueKind == JsonValueKind.Null ? null : reader.Mismatch(json, this) ?? before;
        }

        var map = before is Dictionary<string, object?> earlier ? earlier : new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            var key = GoReader.NameOf(property);
            using (reader.Enter(key))
            {
                map[key] = element.Read(reader, property.Value, element.Zero);
            }
        }

        return map;
    }

    /// <inheritdoc/>
    internal override void Write(StringBuilder json, object? value)
    {
        if (value is not Dictionary<string, object?> map)
        {
            json.Append("null");
            return;
        }

        json.Append('{');
        foreach (var (index, (key, item)) in map.OrderBy(pair => Encoding.UTF8.GetBytes(pair.Key), ByteOrder.Instance).Index())
        {
            json.Append(index == 0 ? "" : ",");
            GoText.Write(json, key);
            json.Append(':');
            element.Write(json, item);
        }

        json.Append('}');
    }

    /// <inheritdoc/>
    internal override bool IsEmpty(object? value) => value is not Dictionary<string, object?> { Count: > 0 };

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static ByteOrder Instance { get; } = new();

        public int Compare(byte[]? left, byte[]? right) => left.AsSpan().SequenceCompareTo(right);
    }
}

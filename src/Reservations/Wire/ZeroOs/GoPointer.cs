using System.Text;
using System.Text.Json;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>A pointer: nil, or a value of the type.</summary>
public sealed class GoPointer(GoType type) : GoType(type.Name)
{
    /// <inheritdoc/>
    public override object? Zero => null;

    /// <inheritdoc/>
    internal override object? Read(GoReader reader, JsonElement json, object? before) =>
        json.ValueKind == JsonValueKind.Null ? null : type.Read(reader, json, before ?? type.Zero);

    /// <inheritdoc/>
    internal override void Write(StringBuilder json, object? value)
    {
        if (value is null)
        {
            json.Append("null");
        }
        else
        {
            type.Write(json, value);
        }
    }
}

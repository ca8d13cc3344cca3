using System.Text;
using System.Text.Json;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>A type without parts.</summary>
/// <param name="name">What Go's messages call it.</param>
/// <param name="zero">The value of a field that nobody set; also what null leaves when nothing was there.</param>
/// <param name="read">Reads what is not null.</param>
/// <param name="write">Writes a value.</param>
internal sealed class GoScalar(
    string name, object? zero, Func<GoReader, JsonElement, GoType, object?> read, Action<StringBuilder, object?> write) : GoType(name)
{
    /// <inheritdoc/>
    public override object? Zero { get; } = zero;

    /// <summary>True when null is a value like others, and not what leaves a field as it was.</summary>
    public bool TakesNull { get; init; }

    /// <summary>True for what null empties: Go's slices.</summary>
    public bool NullEmpties { get; init; }

    /// <inheritdoc/>
    internal override object? Read(GoReader reader, JsonElement json, object? before) =>
        json.ValueKind != JsonValueKind.Null || TakesNull ? read(reader, json, this) ?? before : NullEmpties ? Zero : before;

    /// <inheritdoc/>
    internal override void Write(StringBuilder json, object? value) => write(json, value);

    /// <inheritdoc/>
    internal override bool IsEmpty(object? value) => value is byte[] bytes ? bytes.Length == 0 : base.IsEmpty(value);
}

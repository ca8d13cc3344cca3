using System.Text;
using System.Text.Json;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>
/// A type of Go as encoding/json sees it: how it is read and written. Values are plain: strings, numbers, arrays of fields, lists.
/// </summary>
/// <param name="name">What Go's messages call it.</param>
public abstract class GoType(string name)
{
    /// <summary>What Go's messages call it.</summary>
    public string Name { get; } = name;

    /// <summary>The value of a field that nobody set.</summary>
    public abstract object? Zero { get; }

    /// <summary>Reads a value over the one that was there before: what the text does not name stays.</summary>
    internal abstract object? Read(GoReader reader, JsonElement json, object? before);

    /// <summary>Writes a value.</summary>
    internal abstract void Write(StringBuilder json, object? value);

    /// <summary>True for what <c>omitempty</c> leaves out: zero, false, nothing, an empty text or list; never a struct.</summary>
    internal virtual bool IsEmpty(object? value) => Equals(value, Zero);
}

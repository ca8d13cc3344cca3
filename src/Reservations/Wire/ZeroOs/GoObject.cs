namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>A value of a struct.</summary>
public sealed class GoObject
{
    internal GoObject(GoStruct type, object?[] values)
    {
        Type = type;
        Values = values;
    }

    /// <summary>A field by its key.</summary>
    public object? this[string key] => Values[Type.IndexOf(key)];

    /// <summary>A field that is a text, an address or a range.</summary>
    public string Text(string key) => (string)this[key]!;

    /// <summary>A field that is a struct.</summary>
    public GoObject Object(string key) => (GoObject)this[key]!;

    /// <summary>A field that is a list; empty when it is nil.</summary>
    public IReadOnlyList<object?> List(string key) => (List<object?>?)this[key] ?? [];

    /// <summary>A whole number, as 64 bits with a sign: what does not fit is counted round, as Go's conversion does.</summary>
    public long Number(string key) => unchecked((long)(Int128)this[key]!);

    internal GoStruct Type { get; }

    internal object?[] Values { get; }
}

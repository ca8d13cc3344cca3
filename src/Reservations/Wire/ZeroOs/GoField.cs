namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>A field of a struct.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Type">Its type.</param>
/// <param name="OmitEmpty">True when it is left out while it is empty.</param>
public sealed record GoField(string Name, GoType Type, bool OmitEmpty = false)
{
    /// <summary>The key in lower case, as keys are compared.</summary>
    internal string Folded { get; } = GoStruct.Fold(Name);
}

namespace Provision.Reservations.Wire;

/// <summary>Reads a value from text; false when the text is not one.</summary>
public delegate bool Parser<T>(string? text, out T value);

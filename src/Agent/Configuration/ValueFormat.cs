using Provision.Reservations.Wire;

namespace Provision.Agent.Configuration;

/// <summary>The texts that mean a value.</summary>
/// <param name="Form">How the file writes it.</param>
/// <param name="Type">The type and its range, in words.</param>
/// <param name="Remedy">What to give instead of a text that means none.</param>
/// <param name="TryParse">Reads a text; false when it means no value.</param>
internal sealed record ValueFormat<T>(ValueForm Form, string Type, string Remedy, Parser<T> TryParse)
{
    private const int ShownMax = 100;

    /// <summary>What can be given, where that is a short list.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What is wrong with a text. It is repeated there, so a type that may hold secrets says something else.</summary>
    public Func<string, string> Reason { get; init; } = text => $"is \"{(text.Length > ShownMax ? $"{text[..ShownMax]}…" : text)}\"";
}

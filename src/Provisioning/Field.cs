namespace Provision.Provisioning;

/// <summary>One field of a kind's <c>data</c>.</summary>
/// <param name="Name">Its JSON name; the CLI's flag is the same with dashes.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Help">What it means, with its unit and range.</param>
public sealed record Field(string Name, FieldType Type, string Help)
{
    /// <summary>The texts it may hold; empty when there is no such list.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What the CLI writes when the flag is not given, as JSON; null: the flag must be given.</summary>
    public string? Default { get; init; }
}

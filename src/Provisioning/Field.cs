namespace Provision.Provisioning;

/// <summary>One field of a kind's <c>data</c>, and the flag that the CLI makes of it.</summary>
/// <param name="Name">
/// Its JSON name; within an object or an array, the way there: <c>capacity/cpu</c>, <c>net_resources/0/subnet</c>.
/// </param>
/// <param name="Type">What it holds.</param>
/// <param name="Help">What it means, with its unit and range.</param>
public sealed record Field(string Name, FieldType Type, string Help)
{
    /// <summary>The CLI's flag without its leading dashes.</summary>
    public string Flag { get; init; } = Name[(Name.LastIndexOf('/') + 1)..].Replace('_', '-');

    /// <summary>What the CLI's help calls the value; null: a word for its <see cref="Type"/>.</summary>
    public string? ValueName { get; init; }

    /// <summary>The texts it may hold; empty when there is no such list.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What the CLI writes when the flag is not given, as JSON; null: the field is left out.</summary>
    public string? Default { get; init; }

    /// <summary>True when the module refuses an order without it.</summary>
    public bool Required { get; init; }

    /// <summary>
    /// Of a <see cref="FieldType.List"/>: the members of each object. The CLI takes them in this order with colons between; the last one
    /// may hold colons itself.
    /// </summary>
    public IReadOnlyList<Field> Members { get; init; } = [];
}

namespace Provision.Agent.Configuration;

/// <summary>What is used for a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Texts">The value; empty: none, and none is needed. Null: there is none that means anything, and a problem says why.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Source">The same for people.</param>
internal sealed record EffectiveValue(ConfigurationKey Key, IReadOnlyList<string>? Texts, Origin Origin, string Source)
{
    /// <summary>True when somebody gave a value, and it says something: not a list of none, or a switch that is off.</summary>
    public bool IsChosen => Origin != Origin.Default && Texts is { Count: > 0 } && Texts is not ["false"];
}

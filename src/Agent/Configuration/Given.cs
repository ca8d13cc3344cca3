namespace Provision.Agent.Configuration;

/// <summary>What somebody gave for a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Texts">The value as text: one, or any number where the key repeats. None when the file holds another type.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Source">The same for people: <c>FILE:LINE</c>, the variable, the flag.</param>
internal sealed record Given(ConfigurationKey Key, IReadOnlyList<string>? Texts, Origin Origin, string Source)
{
    /// <summary>Source and key, for problems.</summary>
    public string Place => Origin == Origin.File ? $"{Source} {Key.Name}" : Source;
}

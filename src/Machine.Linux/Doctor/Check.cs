namespace Provision.Machine.Linux.Doctor;

/// <summary>One thing that a node needs, and a look whether it is so. The look tries it, and leaves the machine as it was.</summary>
/// <param name="Name">What it is called: lower-case words with dashes.</param>
/// <param name="Meaning">What it means for the node, in a sentence.</param>
/// <param name="LookAsync">Looks; what it throws as a fault is what it found.</param>
public sealed record Check(string Name, string Meaning, Func<CancellationToken, ValueTask<Finding>> LookAsync)
{
    /// <summary>What the machine cannot do when it fails.</summary>
    public IReadOnlyList<Ability> Affects { get; init; } = [];

    /// <summary>True when nobody but root can look.</summary>
    public bool NeedsRoot { get; init; }

    /// <summary>A check that needs no waiting.</summary>
    public static Check Of(string name, string meaning, Func<Finding> look) => new(name, meaning, _ => ValueTask.FromResult(look()));
}

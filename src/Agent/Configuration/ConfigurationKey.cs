using Provision.Agent.Hosting;
using Provision.Reservations.Faults;

namespace Provision.Agent.Configuration;

/// <summary>One key: the same name in the file, as a flag and as a variable.</summary>
/// <param name="Name">Its name: words of small letters with dashes.</param>
/// <param name="Meaning">What it is, in a sentence or two.</param>
internal abstract record ConfigurationKey(string Name, string Meaning)
{
    /// <summary>What all variables begin with.</summary>
    public const string VariablePrefix = "PROVISIOND_";

    /// <summary>A value that could be given.</summary>
    public required string Example { get; init; }

    /// <summary>What holds when nothing is given; null: nothing does.</summary>
    public string? Default { get; init; }

    /// <summary>What a number counts; null: it is none.</summary>
    public string? Unit { get; init; }

    /// <summary>True when there is no running without it.</summary>
    public bool Required { get; init; }

    /// <summary>What the help calls a value.</summary>
    public string? HelpName { get; init; }

    /// <summary>How the file writes a value, or each of a list.</summary>
    public abstract ValueForm Form { get; }

    /// <summary>The type and its range, in words.</summary>
    public abstract string Type { get; }

    /// <summary>True when there may be several: a list in the file, a flag that may be repeated, a variable with commas.</summary>
    public abstract bool Repeats { get; }

    /// <summary>What can be given, where that is a short list.</summary>
    public abstract IReadOnlyList<string> Choices { get; }

    /// <summary>The flag.</summary>
    public string Flag => $"--{Name}";

    /// <summary>The variable of the environment.</summary>
    public string Variable => VariablePrefix + Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>What holds when nothing is given, in words.</summary>
    public string DefaultText => Default ?? (Required ? "required" : "none");

    /// <summary>The options with these texts as the value; null when they mean none, and <paramref name="problems"/> say why.</summary>
    public abstract AgentOptions? Apply(AgentOptions options, Given given, ICollection<Problem> problems);
}

using Provision.Reservations.Faults;

namespace Provision.Agent.Configuration;

/// <summary>What one place says: a file, the environment, the command line.</summary>
/// <param name="Values">What it gives, in its order.</param>
/// <param name="Problems">What is wrong with it; whether a value means something is another question.</param>
internal sealed record ConfigurationSource(IReadOnlyList<Given> Values, IReadOnlyList<Problem> Problems)
{
    /// <summary>A place that says nothing.</summary>
    public static ConfigurationSource Empty { get; } = new([], []);

    /// <summary>True when not all of it could be read, so that what seems to be missing may be there.</summary>
    public bool IsBroken { get; init; }
}

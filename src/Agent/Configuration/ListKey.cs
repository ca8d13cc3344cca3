using Provision.Agent.Hosting;
using Provision.Reservations.Faults;

namespace Provision.Agent.Configuration;

/// <summary>A key with any number of values.</summary>
/// <param name="Name">Its name, of one of them.</param>
/// <param name="Format">What can be given.</param>
/// <param name="Set">The options with these values.</param>
/// <param name="Meaning">What one of them is.</param>
internal sealed record ListKey<T>(
    string Name, ValueFormat<T> Format, Func<AgentOptions, IReadOnlyList<T>, AgentOptions> Set, string Meaning)
    : ConfigurationKey(Name, Meaning)
{
    /// <summary>True where all are chosen without it: an empty list could mean all or none, so it is a problem.</summary>
    public bool NeedsOne { get; init; }

    /// <inheritdoc/>
    public override ValueForm Form => Format.Form;

    /// <inheritdoc/>
    public override string Type => $"list of: {Format.Type}";

    /// <inheritdoc/>
    public override bool Repeats => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Choices => Format.Choices;

    /// <inheritdoc/>
    public override AgentOptions? Apply(AgentOptions options, Given given, ICollection<Problem> problems)
    {
        if (NeedsOne && given.Texts!.Count == 0)
        {
            problems.Add(new Problem(
                given.Place, "is an empty list, and without it all are chosen", "take it out to choose all, or say cordon to choose none"));
            return null;
        }

        var values = new List<T>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var isValid = true;
        foreach (var text in given.Texts!)
        {
            var reason = !Format.TryParse(text, out var value) ? Format.Reason(text) : seen.Add(text) ? null : $"lists \"{text}\" twice";
            if (reason is not null)
            {
                problems.Add(new Problem(given.Place, reason, seen.Contains(text) ? "take one of them out" : Format.Remedy));
                isValid = false;
            }

            values.Add(value);
        }

        return isValid ? Set(options, values) : null;
    }
}

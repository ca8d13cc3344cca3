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

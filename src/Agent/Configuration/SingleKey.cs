using Provision.Agent.Hosting;
using Provision.Reservations.Faults;

namespace Provision.Agent.Configuration;

/// <summary>A key with one value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Format">What can be given.</param>
/// <param name="Set">The options with this value.</param>
/// <param name="Meaning">What it is.</param>
internal sealed record SingleKey<T>(string Name, ValueFormat<T> Format, Func<AgentOptions, T, AgentOptions> Set, string Meaning)
    : ConfigurationKey(Name, Meaning)
{
    /// <inheritdoc/>
    public override ValueForm Form => Format.Form;

    /// <inheritdoc/>
    public override string Type => Format.Type;

    /// <inheritdoc/>
    public override bool Repeats => false;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Choices => Format.Choices;

    /// <inheritdoc/>
    public override AgentOptions? Apply(AgentOptions options, Given given, ICollection<Problem> problems)
    {
        if (Format.TryParse(given.Texts![0], out var value))
        {
            return Set(options, value);
        }

        problems.Add(new Problem(given.Place, Format.Reason(given.Texts![0]), Format.Remedy));
        return null;
    }
}

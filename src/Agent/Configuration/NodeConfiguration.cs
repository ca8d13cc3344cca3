using Provision.Agent.Hosting;
using Provision.Reservations.Faults;

namespace Provision.Agent.Configuration;

/// <summary>
/// All that a daemon is told, by whichever place: a flag wins over a variable, that over the file, that over the default.
/// </summary>
/// <param name="File">The file that was looked for.</param>
/// <param name="Options">What comes of it; while there are problems, of what could be read.</param>
/// <param name="Values">The value of every key, in the order of the table.</param>
/// <param name="Problems">All that is wrong, in every place, also with values that another place overrules.</param>
internal sealed record NodeConfiguration(
    ConfigurationFile File, AgentOptions Options, IReadOnlyList<EffectiveValue> Values, IReadOnlyList<Problem> Problems)
{
    /// <summary>Puts together what the places say.</summary>
    public static NodeConfiguration Read(
        ConfigurationFile file, IReadOnlyDictionary<string, string> environment, ConfigurationSource flags)
    {
        ConfigurationSource[] sources = [flags, EnvironmentReader.Read(environment), file.Read()];
        var problems = sources.SelectMany(source => source.Problems).ToList();
        var isWhole = !sources.Any(source => source.IsBroken);
        var options = new AgentOptions();
        var values = new List<EffectiveValue>();
        foreach (var key in ConfigurationTable.All)
        {
            var given = sources.SelectMany(source => source.Values).Where(value => value.Key == key).ToList();
            values.Add(Choose(key, given, isWhole, ref options, problems));
        }

        problems.AddRange(Combinations.Check(values));
        return new NodeConfiguration(file, options, values, problems);
    }

    /// <summary>
    /// The data folder alone: that of a daemon that runs is found, also when somebody has begun to change the rest of the file.
    /// </summary>
    /// <exception cref="FaultException">A file that may name it cannot be read, or what names it means no folder.</exception>
    public static string FindData(
        Func<ConfigurationFile> chooseFile, IReadOnlyDictionary<string, string> environment, ConfigurationSource flags)
    {
        var key = ConfigurationTable.Data;
        var problems = new List<Problem>();
        var given = flags.Values.Concat(EnvironmentReader.Read(environment).Values).FirstOrDefault(value => value.Key == key);
        if (given is null)
        {
            var file = chooseFile().Read();
            given = file.Values.FirstOrDefault(value => value.Key == key);
            problems.AddRange(file.Problems.Where(problem => given is { Texts: null } ? problem.Pointer == given.Place : file.IsBroken));
        }

        var options = new AgentOptions();
        if (given is { Texts: not null })
        {
            problems.Clear();
            options = key.Apply(options, given, problems) ?? options;
        }

        return problems.Count == 0
            ? options.Data.Path
            : throw new FaultException(Fault.Invalid(
                "The data folder is not known", problems, "Mend these, or name the node's folder with --data."));
    }

    /// <summary>The options.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>: there are problems; it lists them all.</exception>
    public AgentOptions Require() => Problems.Count == 0
        ? Options
        : throw new FaultException(Fault.Invalid(
            "The configuration is not valid", Problems, "Mend these; 'provisiond config template' prints what can be said, and how."));

    private static EffectiveValue Choose(
        ConfigurationKey key, List<Given> given, bool isWhole, ref AgentOptions options, List<Problem> problems)
    {
        // The strongest place last: what it sets stays.
        foreach (var value in given.OrderBy(value => value.Origin).Where(value => value.Texts is not null))
        {
            var applied = key.Apply(options, value, problems);
            options = applied ?? options;
            given[given.IndexOf(value)] = applied is null ? value with { Texts = null } : value;
        }

        if (given.MaxBy(value => value.Origin) is { } strongest)
        {
            return new EffectiveValue(key, strongest.Texts, strongest.Origin, strongest.Source);
        }

        if (key.Required && isWhole)
        {
            problems.Add(new Problem(
                key.Name,
                "is not given",
                $"put {key.Name} = {TomlText.Of(key, key.Example)} into the file, or give {key.Flag} or {key.Variable}"));
        }

        if (key.Default is not { } text)
        {
            return new EffectiveValue(key, key.Required ? null : [], Origin.Default, "default");
        }

        options = key.Apply(options, new Given(key, [text], Origin.Default, "default"), problems) ?? options;
        return new EffectiveValue(key, [text], Origin.Default, "default");
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;

namespace Provision.Agent.Configuration;

/// <summary>The flags that the table makes.</summary>
internal static class ConfigurationFlags
{
    private static readonly Dictionary<string, Option> Flags = ConfigurationTable.All.ToDictionary(key => key.Name, Create);

    /// <summary>The file to read.</summary>
    public static Option<string> Config { get; } = new(ConfigurationFile.Flag)
    {
        Description = $"The configuration file; without it the one that {ConfigurationFile.Variable} names, or "
            + $"{ConfigurationFile.DefaultPath}, when it is there.",
        HelpName = "FILE",
    };

    /// <summary>The folder of one node.</summary>
    public static Option Data => Flags[ConfigurationTable.Data.Name];

    /// <summary>A flag for each key, and that for the file.</summary>
    private static IEnumerable<Option> All => [Config, .. ConfigurationTable.All.Select(key => Flags[key.Name])];

    /// <summary>Gives a command all of them. What is none is a problem like others, which <see cref="Read"/> finds.</summary>
    public static void AddTo(Command command)
    {
        foreach (var flag in All)
        {
            command.Add(flag);
        }

        command.TreatUnmatchedTokensAsErrors = false;
    }

    /// <summary>What the command line says.</summary>
    public static ConfigurationSource Read(ParseResult arguments) => new(
        [
            .. ConfigurationTable.All
                .Select(key => (Key: key, Texts: TextsOf(arguments, Flags[key.Name])))
                .Where(flag => flag.Texts is not null)
                .Select(flag => new Given(flag.Key, flag.Texts, Origin.Flag, flag.Key.Flag)),
        ],
        [.. FindUnknown(arguments.UnmatchedTokens).Select(Unknown.Flag)]);

    // A word behind an unknown flag is the value that somebody meant to give it.
    private static IEnumerable<string> FindUnknown(IReadOnlyList<string> words) =>
        from index in Enumerable.Range(0, words.Count)
        let isFlag = words[index].StartsWith('-')
        where isFlag || index == 0 || !words[index - 1].StartsWith('-') || words[index - 1].Contains('=', StringComparison.Ordinal)
        select isFlag ? words[index].Split('=')[0] : words[index];

    // The words as they were typed: the table reads them, whichever place they come from. A switch may stand without one.
    private static string[]? TextsOf(ParseResult arguments, Option option) =>
        arguments.GetResult(option) is OptionResult { Implicit: false } result
            ? result.Tokens.Count > 0 ? [.. result.Tokens.Select(token => token.Value)] : ["true"]
            : null;

    private static Option Create(ConfigurationKey key)
    {
        Option option = key.Repeats ? new Option<string[]>(key.Flag) : new Option<string>(key.Flag);
        option.Description = Describe(key);
        option.HelpName = key.HelpName;
        if (key.Form == ValueForm.Switch)
        {
            option.Arity = ArgumentArity.ZeroOrOne;
        }

        if (key.Choices.Count > 0)
        {
            option.CompletionSources.Add([.. key.Choices]);
        }

        return option;
    }

    private static string Describe(ConfigurationKey key)
    {
        var facts = new[]
        {
            key.Unit,
            key.Repeats ? "may be repeated" : null,
            key.Required ? "required" : null,
            key.Default is not null && key.Form != ValueForm.Switch ? $"default: {key.Default}" : null,
        };
        var said = string.Join(", ", facts.OfType<string>());
        return said.Length > 0 ? $"{key.Meaning} [{said}]" : key.Meaning;
    }
}

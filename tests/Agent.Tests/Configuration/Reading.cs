using System.CommandLine;
using Provision.Agent.Configuration;
using Xunit;

namespace Provision.Agent.Tests.Configuration;

/// <summary>A configuration read from what a test gives in each place.</summary>
internal static class Reading
{
    public const string Farm = "GpuC7WdSEQfVDYZsBmUHxia21SJi1gJtbbgn4FjZZGrX";

    /// <summary>What no configuration is valid without.</summary>
    public const string Required = $"explorer = \"http://127.0.0.1:8420\"\nfarm = \"{Farm}\"\n";

    private static readonly Dictionary<string, string> Nothing = [];

    /// <summary>Of a file that says this, and of the other places.</summary>
    public static NodeConfiguration OfText(
        string text, IReadOnlyDictionary<string, string>? environment = null, params IReadOnlyList<string> flags)
    {
        using var folder = new TemporaryFolder();
        return OfFile(folder.Write("node.toml", text), environment, flags);
    }

    /// <summary>Of this file and of the other places.</summary>
    public static NodeConfiguration OfFile(
        string path, IReadOnlyDictionary<string, string>? environment = null, params IReadOnlyList<string> flags) =>
        NodeConfiguration.Read(new ConfigurationFile(path, "--config"), environment ?? Nothing, Flags(flags));

    /// <summary>What a command line says.</summary>
    public static ConfigurationSource Flags(params IReadOnlyList<string> flags)
    {
        var command = new Command("run");
        ConfigurationFlags.AddTo(command);
        var parsed = command.Parse(flags);
        Assert.Empty(parsed.Errors);
        return ConfigurationFlags.Read(parsed);
    }

    /// <summary>Every problem in a line of its own, without the folder of the file.</summary>
    public static string ProblemsOf(NodeConfiguration configuration) => string.Join(
        '\n', configuration.Problems.Select(problem => problem.ToString().Replace(
            Path.GetDirectoryName(configuration.File.Path) + "/", "", StringComparison.Ordinal)));

    /// <summary>The value of a key as text, and where it is from.</summary>
    public static (string Text, Origin Origin) ValueOf(NodeConfiguration configuration, string key)
    {
        var value = configuration.Values.Single(value => value.Key.Name == key);
        return (string.Join(',', value.Texts ?? ["?"]), value.Origin);
    }
}

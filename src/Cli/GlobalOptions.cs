using System.CommandLine;

namespace Provision.Cli;

/// <summary>The options that every verb takes.</summary>
internal sealed class GlobalOptions
{
    private const string ExplorerVariable = "PROVISION_EXPLORER";
    private const string IdentityVariable = "PROVISION_IDENTITY";

    /// <summary>Which explorer to talk to.</summary>
    public Option<string?> Explorer { get; } = new("--explorer")
    {
        Description = $"The explorer's address; also {ExplorerVariable}.",
        HelpName = "URL",
        Recursive = true,
        DefaultValueFactory = _ => FromEnvironment(ExplorerVariable),
    };

    /// <summary>Whose key signs.</summary>
    public Option<string> Identity { get; } = new("--identity")
    {
        Description = $"The file with your key; also {IdentityVariable}.",
        HelpName = "FILE",
        Recursive = true,
        DefaultValueFactory = _ => FromEnvironment(IdentityVariable)
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "provision", "identity.seed"),
    };

    /// <summary>Machine form instead of text for people.</summary>
    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Write JSON, and errors as one JSON fault; no progress notes.",
        Recursive = true,
    };

    /// <summary>How long an explorer that does not answer is asked again, in seconds.</summary>
    public Option<uint> Wait { get; } = new("--wait")
    {
        Description = "How long to ask again when the explorer cannot be reached.",
        HelpName = "SECONDS",
        Recursive = true,
        DefaultValueFactory = _ => 30,
    };

    private static string? FromEnvironment(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

namespace Provision.Machine.Images;

/// <summary>What an image says about running it (OCI image-spec, config.md). A stranger wrote it: nothing of it is to be trusted.</summary>
public sealed record ImageConfig
{
    /// <summary>The program and its first arguments; empty when the image names none.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>The arguments after the entrypoint; the program itself when there is no entrypoint.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The environment, each <c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Where the program starts; empty: <c>/</c>.</summary>
    public string WorkingFolder { get; init; } = "";

    /// <summary>Who it runs as: empty (root), a name or a number, and after a colon its group.</summary>
    public string User { get; init; } = "";
}

using System.Text.Json.Serialization;

namespace Provision.Images.Archives;

/// <summary>
/// The config of an image, of OCI and of docker (config.md). <paramref name="SchemaVersion"/> is there in manifests and indexes alone.
/// </summary>
internal sealed record OciImage(string? Architecture, string? Os, OciRunning? Config, OciRootFs? Rootfs, int? SchemaVersion = null);

/// <summary>How it is run; keys begin with capitals here.</summary>
internal sealed record OciRunning(
    [property: JsonPropertyName("Entrypoint")] IReadOnlyList<string?>? Entrypoint,
    [property: JsonPropertyName("Cmd")] IReadOnlyList<string?>? Command,
    [property: JsonPropertyName("Env")] IReadOnlyList<string?>? Environment,
    [property: JsonPropertyName("WorkingDir")] string? WorkingFolder,
    [property: JsonPropertyName("User")] string? User);

/// <summary>The digests of its layers, uncompressed.</summary>
internal sealed record OciRootFs(string? Type, [property: JsonPropertyName("diff_ids")] IReadOnlyList<string?>? DiffIds);

using System.Text.Json.Serialization;

namespace Provision.Images.Archives;

/// <summary>One image of the manifest.json of <c>docker save</c>: the names of its files in the archive.</summary>
internal sealed record DockerImage(
    [property: JsonPropertyName("Config")] string? Config, [property: JsonPropertyName("Layers")] IReadOnlyList<string?>? Layers);

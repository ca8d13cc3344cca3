using System.Text.Json.Serialization;

namespace Provision.Images.Archives;

/// <summary>An OCI manifest or index, or those of docker schema 2 (OCI image-spec, manifest.md, image-index.md). Only what we read.</summary>
internal sealed record OciDocument(
    string? MediaType, OciDescriptor? Config, IReadOnlyList<OciDescriptor?>? Layers, IReadOnlyList<OciDescriptor?>? Manifests);

/// <summary>What names a blob (descriptor.md).</summary>
internal sealed record OciDescriptor(string? MediaType, string? Digest, OciPlatform? Platform);

/// <summary>What a manifest of an index runs on.</summary>
internal sealed record OciPlatform(string? Architecture, string? Os, string? Variant);

/// <summary>The config of an image, of OCI and of docker (config.md).</summary>
internal sealed record OciImage(string? Architecture, string? Os, OciRunning? Config, OciRootFs? Rootfs);

/// <summary>How it is run; keys begin with capitals here.</summary>
internal sealed record OciRunning(
    [property: JsonPropertyName("Entrypoint")] IReadOnlyList<string?>? Entrypoint,
    [property: JsonPropertyName("Cmd")] IReadOnlyList<string?>? Command,
    [property: JsonPropertyName("Env")] IReadOnlyList<string?>? Environment,
    [property: JsonPropertyName("WorkingDir")] string? WorkingFolder,
    [property: JsonPropertyName("User")] string? User);

/// <summary>The digests of its layers, uncompressed.</summary>
internal sealed record OciRootFs([property: JsonPropertyName("diff_ids")] IReadOnlyList<string?>? DiffIds);

/// <summary>One image of the manifest.json of <c>docker save</c>: the names of its files in the archive.</summary>
internal sealed record DockerImage(
    [property: JsonPropertyName("Config")] string? Config, [property: JsonPropertyName("Layers")] IReadOnlyList<string?>? Layers);

/// <summary>Bounded by the size of the document; a key that is there twice makes two readers see two images, and is refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false, MaxDepth = 32)]
[JsonSerializable(typeof(OciDocument))]
[JsonSerializable(typeof(OciImage))]
[JsonSerializable(typeof(IReadOnlyList<DockerImage?>))]
internal sealed partial class ImageDocuments : JsonSerializerContext;

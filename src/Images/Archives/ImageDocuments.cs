using System.Text.Json.Serialization;

namespace Provision.Images.Archives;

/// <summary>Bounded by the size of the document; a key that is there twice makes two readers see two images, and is refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false, MaxDepth = 32)]
[JsonSerializable(typeof(OciDocument))]
[JsonSerializable(typeof(OciImage))]
[JsonSerializable(typeof(IReadOnlyList<DockerImage?>))]
internal sealed partial class ImageDocuments : JsonSerializerContext;

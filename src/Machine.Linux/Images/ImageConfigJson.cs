using System.Text.Json.Serialization;
using Provision.Machine.Images;

namespace Provision.Machine.Linux.Images;

/// <summary>Configs of images as they are kept beside them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = false)]
[JsonSerializable(typeof(ImageConfig))]
internal sealed partial class ImageConfigJson : JsonSerializerContext;

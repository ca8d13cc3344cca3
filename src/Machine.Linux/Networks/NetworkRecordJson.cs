using System.Text.Json.Serialization;

namespace Provision.Machine.Linux.Networks;

/// <summary>How records of networks are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(HolderRecord))]
[JsonSerializable(typeof(MemberRecord))]
internal sealed partial class NetworkRecordJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using Provision.Provisioning;

namespace Provision.Workloads.Network;

/// <summary>The steps of a network, by the names that journals keep: a name is never changed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "step")]
[JsonDerivedType(typeof(EnsureNetwork), "ensure-network")]
public abstract record NetworkStep : Step;

/// <summary>JSON of the steps, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NetworkStep))]
internal sealed partial class NetworkJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using Provision.Machine.Images;
using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Reservations;

namespace Provision.Workloads.Container;

/// <summary>The steps of a container, by the names that journals keep: a name is never changed.</summary>
/// <param name="Owner">The digest of the order.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "step")]
[JsonDerivedType(typeof(EnsureImage), "ensure-image")]
[JsonDerivedType(typeof(EnsureRoot), "ensure-root")]
[JsonDerivedType(typeof(JoinNetwork), "join-network")]
[JsonDerivedType(typeof(RunContainer), "run-container")]
public abstract record ContainerStep(string Owner) : Step
{
    /// <summary>The order.</summary>
    [JsonIgnore]
    protected Digest Order => Digest.TryParse(Owner, out var owner) ? owner : throw Damaged(Owner);

    /// <summary>What is thrown about a text that no plan wrote.</summary>
    protected static InvalidOperationException Damaged(string text) => new($"\"{text}\" is not what such a step holds.");
}

/// <summary>A step that has to do with the container's root.</summary>
/// <param name="Pool">Where image and root lie.</param>
/// <param name="Owner">The digest of the order.</param>
/// <param name="Image">The image, as the user wrote it.</param>
public abstract record RootStep(string Pool, string Owner, string Image) : ContainerStep(Owner)
{
    /// <summary>The image.</summary>
    [JsonIgnore]
    protected ImageReference Reference => ImageReference.TryParse(Image, out var image) ? image : throw Damaged(Image);

    /// <summary>The root.</summary>
    [JsonIgnore]
    protected VolumeName Root => new(Pool, Order);
}

/// <summary>JSON of the steps, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ContainerStep))]
internal sealed partial class ContainerJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using Provision.Machine;
using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Reservations;

namespace Provision.Workloads.Volume;

/// <summary>The steps of a volume, by the names that journals keep: a name is never changed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "step")]
[JsonDerivedType(typeof(EnsureVolume), "ensure-volume")]
public abstract record VolumeStep : Step;

/// <summary>A volume of this owner in this pool, with this limit in bytes.</summary>
public sealed record EnsureVolume(string Pool, string Owner, long Limit) : VolumeStep
{
    /// <inheritdoc/>
    public override ValueTask DoAsync(IMachine machine, CancellationToken ct) =>
        machine.Storage.EnsureVolumeAsync(Name, new ByteSize(Limit), ct);

    /// <inheritdoc/>
    public override ValueTask UndoAsync(IMachine machine, CancellationToken ct) => machine.Storage.RemoveVolumeAsync(Name, ct);

    /// <summary>The volume.</summary>
    [JsonIgnore]
    public VolumeName Name => Digest.TryParse(Owner, out var owner)
        ? new VolumeName(Pool, owner)
        : throw new InvalidOperationException($"\"{Owner}\" is not a digest.");
}

/// <summary>JSON of the steps, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(VolumeStep))]
internal sealed partial class VolumeJson : JsonSerializerContext;

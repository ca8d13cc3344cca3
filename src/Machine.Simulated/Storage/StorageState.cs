using System.Text.Json.Serialization;

namespace Provision.Machine.Simulated.Storage;

/// <summary>What <see cref="SimulatedStorageFile"/> keeps.</summary>
internal sealed record StorageState(IReadOnlyList<VolumeState> Volumes);

/// <summary>One volume of it; sizes in bytes.</summary>
internal sealed record VolumeState(string Pool, string Owner, long? Limit, SortedDictionary<string, long> Files);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StorageState))]
internal sealed partial class StorageStateJson : JsonSerializerContext;

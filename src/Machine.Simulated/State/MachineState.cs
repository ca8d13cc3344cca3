using System.Text.Json.Serialization;

namespace Provision.Machine.Simulated.State;

/// <summary>What <see cref="SimulatedMachineFile"/> keeps.</summary>
internal sealed record MachineState(IReadOnlyList<VolumeState> Volumes)
{
    public string BootId { get; init; } = "";

    public IReadOnlyList<ImageState> Images { get; init; } = [];

    public IReadOnlyList<NetworkState> Networks { get; init; } = [];

    public IReadOnlyList<ContainerState> Containers { get; init; } = [];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MachineState))]
internal sealed partial class MachineStateJson : JsonSerializerContext;

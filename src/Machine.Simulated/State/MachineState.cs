using System.Text.Json.Serialization;

namespace Provision.Machine.Simulated.State;

/// <summary>
/// What <see cref="SimulatedMachineFile"/> keeps. Of what an older file does not say there is nothing: the reader sets it to null then.
/// </summary>
internal sealed record MachineState(IReadOnlyList<VolumeState> Volumes)
{
    public string BootId { get => field ?? ""; init; }

    public IReadOnlyList<ImageState> Images { get => field ?? []; init; }

    public IReadOnlyList<NetworkState> Networks { get => field ?? []; init; }

    public IReadOnlyList<ContainerState> Containers { get => field ?? []; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MachineState))]
internal sealed partial class MachineStateJson : JsonSerializerContext;

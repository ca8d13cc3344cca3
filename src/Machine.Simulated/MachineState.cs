using System.Text.Json.Serialization;
using Provision.Machine.Containers;
using Provision.Machine.Simulated.Images;

namespace Provision.Machine.Simulated;

/// <summary>What <see cref="SimulatedMachineFile"/> keeps.</summary>
internal sealed record MachineState(IReadOnlyList<VolumeState> Volumes)
{
    public string BootId { get; init; } = "";

    public IReadOnlyList<ImageState> Images { get; init; } = [];

    public IReadOnlyList<ContainerState> Containers { get; init; } = [];
}

/// <summary>A volume or root; sizes in bytes.</summary>
internal sealed record VolumeState(string Pool, string Owner, long? Limit, SortedDictionary<string, long> Files)
{
    /// <summary>What a root began as.</summary>
    public SimulatedImage? Image { get; init; }
}

/// <summary>An unpacked image.</summary>
internal sealed record ImageState(
    string Pool, string Digest, SimulatedImage Image, IReadOnlyList<string> Holders, DateTimeOffset UnusedSince);

/// <summary>A container, without its environment, which may hold secrets.</summary>
internal sealed record ContainerState(
    string Owner,
    MountState Root,
    IReadOnlyList<string> Arguments,
    string WorkingFolder,
    IReadOnlyList<MountState> Mounts,
    long Memory,
    ContainerEnd? End,
    int Restarts);

/// <summary>A volume in a container.</summary>
internal sealed record MountState(string Pool, string Owner, string Target);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MachineState))]
internal sealed partial class MachineStateJson : JsonSerializerContext;

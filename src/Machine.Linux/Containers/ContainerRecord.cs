using System.Text.Json.Serialization;
using Provision.Machine.Containers;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// What is kept of a container on the disk, written before each start, while all of the run before is still there: a daemon that dies in
/// between leaves both, and the number of restarts tells which of them is meant.
/// </summary>
/// <param name="Epoch">The epoch of the machine in which it was started.</param>
/// <param name="Restarts">How often it was started again, this start included.</param>
/// <param name="Before">How it had ended before this start; null when this is the first.</param>
internal sealed record ContainerRecord(string Epoch, int Restarts, ContainerEnd? Before);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ContainerRecord))]
internal sealed partial class ContainerRecordJson : JsonSerializerContext;

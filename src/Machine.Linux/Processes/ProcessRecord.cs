using System.Text.Json.Serialization;

namespace Provision.Machine.Linux.Processes;

/// <summary>
/// A program as its file keeps it. Written with process id 0 before the start and with the true one after it: in between, only the
/// mark in the program's environment tells which process it is.
/// </summary>
internal sealed record ProcessRecord(string Name, int Id, long StartTicks, string BootId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ProcessRecord))]
internal sealed partial class ProcessRecordJson : JsonSerializerContext;

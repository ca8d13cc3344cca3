using Provision.Reservations.Faults;

namespace Provision.Provisioning.Admission;

/// <summary>A file of a folder that is imported.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">What is in it.</param>
/// <param name="Trouble">Why it could not be read; null when it was.</param>
public sealed record FolderFile(string Name, ReadOnlyMemory<byte> Content, Fault? Trouble = null);

using Provision.Reservations;

namespace Provision.Machine.Storage;

/// <summary>A volume as the machine has it.</summary>
/// <param name="Name">Pool and owner.</param>
/// <param name="Limit">What it can hold; null when no limit is set, which only a crash in the middle of making it leaves behind.</param>
/// <param name="Used">What it holds; the kernel brings this figure up to date with some delay.</param>
/// <param name="Path">The folder on the machine.</param>
public sealed record Volume(VolumeName Name, ByteSize? Limit, ByteSize Used, string Path);

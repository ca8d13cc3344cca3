namespace Provision.Workloads.Container;

/// <summary>A volume in a container, as a user orders it.</summary>
/// <param name="VolumeId">The digest of the volume's order, or the explorer's alias of it.</param>
/// <param name="Mountpoint">Where the container sees it: absolute, without empty, <c>.</c> and <c>..</c> parts.</param>
public sealed record MountSpec(string VolumeId, string Mountpoint);

using Provision.Machine.Storage;

namespace Provision.Machine.Containers;

/// <summary>A volume in a container.</summary>
/// <param name="Volume">Which.</param>
/// <param name="Target">Where the container sees it: an absolute path without <c>..</c>, not the root; made when it is not there.</param>
public sealed record VolumeMount(VolumeName Volume, string Target);

using Provision.Machine.Containers;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Workloads.Container;

/// <summary>A volume in a container, as its step keeps it.</summary>
public sealed record MountStep(string Pool, string Owner, string Target)
{
    /// <summary>The same to the machine.</summary>
    public VolumeMount ToMount() => Digest.TryParse(Owner, out var owner)
        ? new VolumeMount(new VolumeName(Pool, owner), Target)
        : throw new InvalidOperationException($"\"{Owner}\" is not a digest.");
}

using Provision.Machine.Storage;

namespace Provision.Provisioning;

/// <summary>A module whose workloads are volumes that others of the same owner can mount.</summary>
public interface IProvidesVolume
{
    /// <summary>The volume that this plan of the module makes.</summary>
    VolumeName VolumeOf(Plan plan);
}

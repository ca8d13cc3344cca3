using Provision.Machine.Storage;

namespace Provision.Workloads.Volume;

/// <summary>A volume as a user orders it (spec 01 §5.2).</summary>
/// <param name="SizeGiB">Its limit, GiB; 1 to <see cref="SizeGiBMax"/>.</param>
/// <param name="Type">What it shall lie on.</param>
public sealed record VolumeSpec(long SizeGiB, DiskType Type)
{
    /// <summary>The largest volume: 4 PiB, far above any pool and far below where bytes overflow.</summary>
    public const long SizeGiBMax = 1L << 22;
}

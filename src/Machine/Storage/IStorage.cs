using Provision.Reservations;

namespace Provision.Machine.Storage;

/// <summary>
/// Pools of space and the volumes in them. A volume is a folder with a limit on what it can hold; a root is one that began as an image.
/// </summary>
public interface IStorage
{
    /// <summary>The pools of this machine, by name.</summary>
    ValueTask<IReadOnlyList<Pool>> ListPoolsAsync(CancellationToken ct);

    /// <summary>All volumes that carry our mark, roots included, in every pool, by pool and name.</summary>
    ValueTask<IReadOnlyList<Volume>> ListVolumesAsync(CancellationToken ct);

    /// <summary>
    /// Makes the volume when it is not there, and gives it this limit when it has another. What the volume holds stays as it is.
    /// <c>NotFound</c>: no such pool. <c>Unavailable</c>: the pool is broken or full.
    /// </summary>
    ValueTask EnsureVolumeAsync(VolumeName name, ByteSize limit, CancellationToken ct);

    /// <summary>
    /// Makes a root: a volume that begins as a copy of an unpacked image, and whose limit counts only what it does not share with it.
    /// One that is there is kept with all that was written into it, and given this limit when it has another. <c>NotFound</c>: no such
    /// pool or image. <c>Unavailable</c>: the pool is broken or full.
    /// </summary>
    ValueTask EnsureRootAsync(VolumeName name, Digest image, ByteSize limit, CancellationToken ct);

    /// <summary>Removes the volume and all it holds, at once; returns when it is gone. No such volume or pool: nothing to do.</summary>
    ValueTask RemoveVolumeAsync(VolumeName name, CancellationToken ct);
}

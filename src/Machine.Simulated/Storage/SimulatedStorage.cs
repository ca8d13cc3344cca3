using Provision.Machine.Images;
using Provision.Machine.Simulated.Images;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Storage;

/// <summary>
/// Pools, volumes and unpacked images in memory. Like btrfs it lets limits together exceed a pool, and stops a writer at the limit of the
/// volume or at the end of the pool, whichever comes first. Everything done is durable.
/// </summary>
public sealed class SimulatedStorage : IStorage
{
    private readonly SortedDictionary<string, Pool> pools = new(StringComparer.Ordinal);
    private readonly Dictionary<VolumeName, SimulatedVolume> volumes = [];
    private readonly HashSet<string> broken = new(StringComparer.Ordinal);

    /// <summary>Storage with these pools, empty.</summary>
    public SimulatedStorage(IReadOnlyList<Pool> pools)
    {
        foreach (var pool in pools)
        {
            Invariant.Require(pool.Used == ByteSize.Zero, "a simulated pool starts empty");
            this.pools.Add(pool.Name, pool);
        }
    }

    /// <summary>Raised after each change, limits and files alike.</summary>
    public event Action? Changed;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Pool>> ListPoolsAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return [.. pools.Values.Select(pool => pool with { Used = new ByteSize(UsedOf(pool.Name)) })];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Volume>> ListVolumesAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        foreach (var pool in pools.Keys)
        {
            CheckWorks(pool);
        }

        return
        [
            .. volumes
                .OrderBy(volume => volume.Key.Pool, StringComparer.Ordinal)
                .ThenBy(volume => volume.Key.Owner.ToString(), StringComparer.Ordinal)
                .Select(volume => new Volume(volume.Key, volume.Value.Limit, new ByteSize(volume.Value.Used), $"/simulated/{volume.Key}")),
        ];
    }

    /// <inheritdoc/>
    public async ValueTask EnsureVolumeAsync(VolumeName name, ByteSize limit, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Ensure(name, limit, image: null);
    }

    /// <inheritdoc/>
    public async ValueTask EnsureRootAsync(VolumeName name, Digest image, ByteSize limit, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Ensure(name, limit, image);
    }

    /// <inheritdoc/>
    public async ValueTask RemoveVolumeAsync(VolumeName name, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (!volumes.ContainsKey(name))
        {
            return;
        }

        CheckWorks(name.Pool);
        volumes.Remove(name);
        Changed?.Invoke();
    }

    /// <summary>A tenant writes a file of this size, in place of what had that name.</summary>
    /// <exception cref="FaultException">
    /// <c>OutOfCapacity</c>: past the volume's limit (EDQUOT) or the pool's end (ENOSPC); the file stays as it was.
    /// </exception>
    public void WriteFile(VolumeName name, string file, ByteSize size)
    {
        var volume = Find(name);
        CheckWorks(name.Pool);
        var more = size.Bytes - volume.Files.GetValueOrDefault(file);
        if (more > 0 && volume.Used + more > volume.Limit?.Bytes)
        {
            throw new FaultException(FaultCode.OutOfCapacity, $"Disk quota exceeded in volume {name}", "Write less.");
        }

        if (!HasRoom(name.Pool, new ByteSize(more)))
        {
            throw new FaultException(FaultCode.OutOfCapacity, $"No space left in pool {name.Pool}", "Write less.");
        }

        volume.Files[file] = size.Bytes;
        Changed?.Invoke();
    }

    /// <summary>The size of a tenant's file; null when there is none of this name.</summary>
    public ByteSize? ReadFile(VolumeName name, string file) => Find(name).SizeOf(file) is { } size ? new ByteSize(size) : null;

    /// <summary>Leaves the volume as a crash in the middle of making it does: there, and without a limit.</summary>
    public void LoseLimit(VolumeName name)
    {
        Find(name).Limit = null;
        Changed?.Invoke();
    }

    /// <summary>Every call about this pool fails with <c>Unavailable</c> until <see cref="MendPool"/>.</summary>
    public void BreakPool(string pool) => broken.Add(pool);

    /// <summary>The pool works again, and holds what it held.</summary>
    public void MendPool(string pool) => broken.Remove(pool);

    internal IEnumerable<KeyValuePair<VolumeName, SimulatedVolume>> Volumes => volumes;

    internal Dictionary<ImageName, HeldImage> Images { get; } = [];

    internal void Restore(VolumeName name, SimulatedVolume volume) => volumes[name] = volume;

    internal SimulatedVolume Find(VolumeName name) => volumes.TryGetValue(name, out var volume)
        ? volume
        : throw new FaultException(FaultCode.NotFound, $"There is no volume {name}", "Make it first.");

    internal void CheckPool(string pool)
    {
        if (!pools.ContainsKey(pool))
        {
            throw new FaultException(FaultCode.NotFound, $"There is no pool {pool}", "Name a pool that this machine has.");
        }

        CheckWorks(pool);
    }

    internal void CheckWorks(string pool)
    {
        if (broken.Contains(pool))
        {
            throw new FaultException(FaultCode.Unavailable, $"Pool {pool} is broken", "Mend the pool.");
        }
    }

    internal bool HasRoom(string pool, ByteSize size) => size <= ByteSize.Zero || UsedOf(pool) + size.Bytes <= pools[pool].Size.Bytes;

    private void Ensure(VolumeName name, ByteSize limit, Digest? image)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit.Bytes);
        CheckPool(name.Pool);
        if (!volumes.TryGetValue(name, out var volume))
        {
            volumes[name] = volume = new SimulatedVolume { Image = image is { } digest ? FindImage(name.Pool, digest) : null };
        }

        if (volume.Limit != limit)
        {
            volume.Limit = limit;
            Changed?.Invoke();
        }
    }

    private SimulatedImage FindImage(string pool, Digest digest) => Images.TryGetValue(new ImageName(pool, digest), out var held)
        ? held.Image
        : throw new FaultException(FaultCode.NotFound, $"There is no image {digest.Short} in pool {pool}", "Make it ready first.");

    private long UsedOf(string pool) =>
        volumes.Where(volume => volume.Key.Pool == pool).Sum(volume => volume.Value.Used)
        + Images.Where(image => image.Key.Pool == pool).Sum(image => image.Value.Image.TotalSize.Bytes);
}

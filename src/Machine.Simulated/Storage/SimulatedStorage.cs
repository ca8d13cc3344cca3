using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Storage;

/// <summary>
/// Pools and volumes in memory. Like btrfs it lets limits together exceed a pool, and stops a writer at the limit of the volume or at
/// the end of the pool, whichever comes first. Everything done is durable.
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
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit.Bytes);
        if (!pools.ContainsKey(name.Pool))
        {
            throw new FaultException(FaultCode.NotFound, $"There is no pool {name.Pool}", "Name a pool that this machine has.");
        }

        CheckWorks(name.Pool);
        if (!volumes.TryGetValue(name, out var volume))
        {
            volumes[name] = volume = new SimulatedVolume();
        }

        if (volume.Limit != limit)
        {
            volume.Limit = limit;
            Changed?.Invoke();
        }
    }

    /// <inheritdoc/>
    public ValueTask EnsureRootAsync(VolumeName name, Digest image, ByteSize limit, CancellationToken ct) =>
        throw new NotImplementedException();

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

        if (more > 0 && UsedOf(name.Pool) + more > pools[name.Pool].Size.Bytes)
        {
            throw new FaultException(FaultCode.OutOfCapacity, $"No space left in pool {name.Pool}", "Write less.");
        }

        volume.Files[file] = size.Bytes;
        Changed?.Invoke();
    }

    /// <summary>The size of a tenant's file; null when there is none of this name.</summary>
    public ByteSize? ReadFile(VolumeName name, string file) => Find(name).Files.TryGetValue(file, out var size) ? new ByteSize(size) : null;

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

    internal void Restore(VolumeName name, SimulatedVolume volume) => volumes[name] = volume;

    private SimulatedVolume Find(VolumeName name) => volumes.TryGetValue(name, out var volume)
        ? volume
        : throw new FaultException(FaultCode.NotFound, $"There is no volume {name}", "Make it first.");

    private long UsedOf(string pool) => volumes.Where(volume => volume.Key.Pool == pool).Sum(volume => volume.Value.Used);

    private void CheckWorks(string pool)
    {
        if (broken.Contains(pool))
        {
            throw new FaultException(FaultCode.Unavailable, $"Pool {pool} is broken", "Mend the pool.");
        }
    }
}

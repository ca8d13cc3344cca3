using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Storage;

/// <summary>
/// Pools of btrfs mounted at <c>ROOT/pools/NAME</c>, out of reach of everybody but root; volumes are subvolumes with a limit. It holds
/// no state and no lock: the kernel's calls are atomic, and whoever opens the same root sees the same volumes.
/// </summary>
public sealed class LinuxStorage : IStorage
{
    private const string PoolsFolder = "pools";

    private const string Remedy = "Look at the pool and its disk.";

    private readonly SortedDictionary<string, BtrfsPool> pools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Fault> closed = new(StringComparer.Ordinal);

    private LinuxStorage()
    {
    }

    /// <summary>
    /// Makes, attaches and mounts each pool, unless that is done already. Killed at any moment, it can be called again.
    /// </summary>
    /// <exception cref="FaultException">
    /// <c>Invalid</c>: the options. <c>OutOfCapacity</c>: a loop file does not fit, and nothing of it is left. <c>Conflict</c>: a file,
    /// device or folder belongs to somebody else. <c>Unavailable</c>: the kernel or a program said no.
    /// </exception>
    public static async ValueTask<LinuxStorage> OpenAsync(string root, IReadOnlyList<PoolOptions> options, CancellationToken ct)
    {
        var storage = new LinuxStorage();
        var commands = new Commands(TimeProvider.System);
        Folders.Ensure(root);
        foreach (var pool in options)
        {
            pool.Check();
            if (storage.pools.ContainsKey(pool.Name))
            {
                throw new FaultException(FaultCode.Invalid, $"Two pools are named {pool.Name}", "Give each pool a name of its own.");
            }

            var format = new PoolFormat(commands);
            var devices = pool.Devices;
            if (pool.LoopFile is { } loop)
            {
                await format.EnsureAsync(pool, loop, ct);
                devices = [await new LoopDevices(commands).EnsureAsync(loop.Path, ct)];
            }
            else
            {
                await format.EnsureAsync(pool, devices, ct);
            }

            storage.pools.Add(
                pool.Name, await Blocking.RunAsync($"Pool {pool.Name} cannot be opened", Remedy, () => Mount(root, pool, devices)));
        }

        return storage;
    }

    /// <summary>
    /// Takes the pools away with all they hold: unmounts them, detaches their devices and deletes their loop files. Devices keep what is
    /// on them. Killed at any moment, it can be called again; what is not there is nothing to do.
    /// </summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: something still uses a pool.</exception>
    public static async ValueTask RemoveAsync(string root, IReadOnlyList<PoolOptions> options, CancellationToken ct)
    {
        if (Directory.Exists(root))
        {
            var folder = Path.Combine(Folders.RealPath(root), PoolsFolder);
            foreach (var mount in Mounts.List().Reverse().Where(mount => mount.Target.StartsWith(folder + "/", StringComparison.Ordinal)))
            {
                await Blocking.RunAsync($"{mount.Target} cannot be unmounted", Remedy, () => Mounts.Remove(mount.Target));
            }

            RemoveEmpty(folder);
        }

        var devices = new LoopDevices(new Commands(TimeProvider.System));
        foreach (var loop in options.Select(pool => pool.LoopFile).OfType<LoopFile>())
        {
            await devices.RemoveAsync(loop.Path, ct);
            File.Delete(PoolFormat.Beside(loop));
            File.Delete(loop.Path);
        }
    }

    /// <summary>
    /// The same on a machine that lacks what pools need: they are not touched. What they hold is neither listed nor taken for gone.
    /// </summary>
    internal static LinuxStorage OpenClosed(IReadOnlyList<PoolOptions> options, Fault lack)
    {
        var storage = new LinuxStorage();
        foreach (var pool in options)
        {
            pool.Check();
            storage.closed[pool.Name] = new Fault(FaultCode.Unavailable, $"Pool {pool.Name} is not open", lack.Remedy, lack);
        }

        return storage;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Pool>> ListPoolsAsync(CancellationToken ct) => RunAsync<IReadOnlyList<Pool>>(
        "Pools cannot be listed", () => [.. pools.Values.Select(pool => pool.Describe())], ct);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Volume>> ListVolumesAsync(CancellationToken ct) => RunAsync<IReadOnlyList<Volume>>(
        "Volumes cannot be listed",
        () => [.. pools.Values.SelectMany(pool => pool.List().OrderBy(volume => volume.Name.Owner.ToString(), StringComparer.Ordinal))],
        ct);

    /// <inheritdoc/>
    public async ValueTask EnsureVolumeAsync(VolumeName name, ByteSize limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit.Bytes);
        var pool = Find(name.Pool);
        await RunAsync($"Volume {name} cannot be made", () => pool.Ensure(name.Owner, limit), ct);
    }

    /// <inheritdoc/>
    public async ValueTask EnsureRootAsync(VolumeName name, Digest image, ByteSize limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit.Bytes);
        var pool = Find(name.Pool);
        await RunAsync($"Root {name} cannot be made", () => pool.EnsureRoot(name.Owner, image, limit), ct);
    }

    /// <inheritdoc/>
    public async ValueTask RemoveVolumeAsync(VolumeName name, CancellationToken ct)
    {
        RequireOpen(name.Pool);
        if (pools.TryGetValue(name.Pool, out var pool))
        {
            await RunAsync($"Volume {name} cannot be removed", () => pool.Remove(name.Owner), ct);
        }
    }

    /// <summary>The pools, by name.</summary>
    internal IReadOnlyCollection<BtrfsPool> Pools => pools.Values;

    /// <summary>The pool of this name. <c>NotFound</c>: there is none. <c>Unavailable</c>: it is not open.</summary>
    internal BtrfsPool Find(string name)
    {
        RequireOpen(name);
        return pools.GetValueOrDefault(name)
            ?? throw new FaultException(FaultCode.NotFound, $"There is no pool {name}", "Name a pool that this machine has.");
    }

    /// <summary>Returns when the pool is open, or there is none of this name.</summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: the machine lacks what it needs.</exception>
    internal void RequireOpen(string name)
    {
        if (closed.TryGetValue(name, out var fault))
        {
            throw new FaultException(fault);
        }
    }

    /// <summary>The folder of a volume or root, itself and not what a link of its name leads to; null when there is none.</summary>
    internal SafeFileHandle? OpenVolume(VolumeName name) => pools.GetValueOrDefault(name.Pool)?.OpenVolume(name.Owner);

    private static ValueTask<T> RunAsync<T>(string what, Func<T> action, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Blocking.RunAsync(what, Remedy, action);
    }

    private static ValueTask RunAsync(string what, Action action, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Blocking.RunAsync(what, Remedy, action);
    }

    private static BtrfsPool Mount(string root, PoolOptions options, IReadOnlyList<string> devices)
    {
        Folders.Ensure(Path.Combine(root, PoolsFolder));
        var target = Folders.Ensure(Path.Combine(root, PoolsFolder, options.Name));
        Mounts.Ensure(target, devices, options.Name);
        File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var pool = new BtrfsPool(options, target);
        pool.Prepare();
        return pool;
    }

    /// <summary>Never deletes what a folder holds: were an unmount missed, that would be tenants' data.</summary>
    private static void RemoveEmpty(string folder)
    {
        if (Directory.Exists(folder))
        {
            foreach (var target in Directory.EnumerateDirectories(folder))
            {
                Directory.Delete(target, recursive: false);
            }

            Directory.Delete(folder, recursive: false);
        }
    }
}

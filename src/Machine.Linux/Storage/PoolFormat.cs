using System.Text;
using Provision.Machine.Linux.Disk;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Processes;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Storage;

/// <summary>Gives a pool its file system, once: a file system of ours that is there is kept, one of somebody else is refused.</summary>
internal sealed class PoolFormat(Commands commands)
{
    private const int SuperblockAt = 64 * 1024;
    private const int MagicAt = 0x40;
    private const int LabelAt = 0x12b;
    private const int LabelSize = 256;

    // What a device has to begin with before it is taken, in MiB: tables of partitions and most of what programs know lies there, and
    // what lies elsewhere and is known to it, mkfs.btrfs refuses to overwrite.
    private const int BlankSize = 4;

    /// <summary>The file beside a loop file in which it is made: only a formatted one gets the name itself.</summary>
    public static string Beside(LoopFile loop) => loop.Path + ".new";

    /// <summary>Makes the loop file, unless it is there. Killed at any moment, it can be called again.</summary>
    public async ValueTask EnsureAsync(PoolOptions pool, LoopFile loop, CancellationToken ct)
    {
        if (File.Exists(loop.Path))
        {
            CheckOurs(pool, loop.Path);
            return;
        }

        var folder = Path.GetDirectoryName(loop.Path)!;
        Directory.CreateDirectory(folder);
        var beside = Beside(loop);
        File.Delete(beside);
        CheckFits(pool, loop);
        try
        {
            Allocate(beside, loop.Size, pool);
            await MakeAsync(pool, [beside], ct);
            using (var file = File.OpenHandle(beside, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.FlushToDisk(file);
            }

            File.Move(beside, loop.Path, overwrite: false);
            Folders.Flush(folder);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>Formats the devices, unless they are the pool's already. Devices that hold anything else are refused.</summary>
    public async ValueTask EnsureAsync(PoolOptions pool, IReadOnlyList<string> devices, CancellationToken ct)
    {
        foreach (var device in devices.Where(device => FileOwner.Find(device) is not { IsBlockDevice: true }))
        {
            throw new FaultException(
                FaultCode.Conflict, $"{device} is no block device", "Name one, or leave devices out: then a file holds the pool.");
        }

        if (!IsOnDevices(pool))
        {
            foreach (var device in devices.Where(device => !IsBlank(device)))
            {
                throw new FaultException(
                    FaultCode.Conflict,
                    $"{device} holds something: its first {BlankSize} MiB are not all zeros",
                    $"Name another one. If nothing on it is needed, erase it first: dd if=/dev/zero of={device} bs=1M count={BlankSize}");
            }

            await MakeAsync(pool, devices, ct); // Without --force it refuses to overwrite what it recognizes.
        }

        CheckOurs(pool, devices[0]);
    }

    private async ValueTask MakeAsync(PoolOptions pool, IReadOnlyList<string> devices, CancellationToken ct) => await commands.RunAsync(
        Programs.MakeBtrfs,
        ["--quiet", "--nodiscard", "--label", pool.Label, "--data", "single", "--metadata", Copies(devices), .. devices],
        ct);

    private static string Copies(IReadOnlyList<string> devices) => devices.Count > 1 ? "raid1" : "dup";

    /// <summary>True when opening the pool formats it. What cannot be read or is another's is not formatted: opening it says why.</summary>
    public static bool IsToCome(PoolOptions pool)
    {
        try
        {
            return pool.LoopFile is { } loop ? !File.Exists(loop.Path) : !IsOnDevices(pool);
        }
        catch (FaultException)
        {
            return false;
        }
    }

    /// <summary>True when its devices hold the pool; false when none of them holds btrfs.</summary>
    /// <exception cref="FaultException"><c>Conflict</c>: one holds something else. <c>Unavailable</c>: one cannot be read.</exception>
    public static bool IsOnDevices(PoolOptions pool)
    {
        if (pool.Devices.All(device => ReadLabel(device) is null))
        {
            return false;
        }

        foreach (var device in pool.Devices)
        {
            CheckOurs(pool, device);
        }

        return true;
    }

    /// <summary>Whether there is room for the file.</summary>
    /// <exception cref="FaultException"><c>OutOfCapacity</c>: there is not.</exception>
    public static FreeSpace CheckFits(PoolOptions pool, LoopFile loop)
    {
        var free = FreeSpace.At(Path.GetDirectoryName(loop.Path)!);
        return loop.Size <= free.Size ? free : throw new FaultException(
            FaultCode.OutOfCapacity,
            $"Pool {pool.Name} of {loop.Size} does not fit: {free.Folder} has {free.Size} free",
            "Give the pool a smaller size, put its file on another disk, or free some space.");
    }

    private static void Allocate(string path, ByteSize size, PoolOptions pool)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        while (Libc.Allocate(file, 0, 0, size.Bytes) != 0)
        {
            var error = Errno.Last;
            if (error == Errno.NoSpace)
            {
                throw new FaultException(
                    FaultCode.OutOfCapacity,
                    $"Pool {pool.Name} of {size} does not fit: {error}",
                    "Give the pool a smaller size, or free some space.");
            }

            if (error != Errno.Interrupted)
            {
                throw error.Unavailable(
                    $"{path} cannot be allocated", "Put it on a file system that can preallocate, such as ext4, xfs or btrfs.");
            }
        }
    }

    private static bool IsBlank(string device)
    {
        using var file = File.OpenHandle(device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var begin = new byte[BlankSize << 20];
        var read = RandomAccess.Read(file, begin, 0);
        return !begin.AsSpan(0, read).ContainsAnyExcept((byte)0);
    }

    /// <summary>Returns when the file or device holds the pool.</summary>
    /// <exception cref="FaultException"><c>Conflict</c>: it holds something else. <c>Unavailable</c>: it cannot be read.</exception>
    public static void CheckOurs(PoolOptions pool, string path)
    {
        if (ReadLabel(path) is var label && label != pool.Label)
        {
            throw new FaultException(
                FaultCode.Conflict,
                $"{path} does not hold pool {pool.Name}: {(label is null ? "it is not btrfs" : $"its label is {label}")}",
                "Name another file or device. Nothing on it was touched.");
        }
    }

    /// <summary>The label in the superblock (on-disk format of btrfs); null when there is no btrfs.</summary>
    private static string? ReadLabel(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var block = new byte[4096];
            if (RandomAccess.Read(file, block, SuperblockAt) < block.Length || !block.AsSpan(MagicAt).StartsWith("_BHRfS_M"u8))
            {
                return null;
            }

            var label = block.AsSpan(LabelAt, LabelSize);
            return Encoding.UTF8.GetString(label[..label.IndexOf((byte)0)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                new Fault(FaultCode.Unavailable, $"{path} cannot be read: {e.Message}", "Name a device or file that is there and works."),
                e);
        }
    }
}

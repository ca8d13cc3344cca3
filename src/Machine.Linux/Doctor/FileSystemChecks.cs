using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Storage;

namespace Provision.Machine.Linux.Doctor;

/// <summary>What pools are made of, tried with a small one.</summary>
internal sealed class FileSystemChecks(Surroundings here, IReadOnlyList<PoolOptions> pools)
{
    private const string Volume = "trial";
    private const long Limit = 16L << 20;
    private static readonly Ability[] Stored = [Ability.Volumes, Ability.Images];
    private readonly Lacks lacks = new(here);
    private readonly TrialPool trial = new(new Commands(TimeProvider.System, here.ProgramFolders));

    public IReadOnlyList<Check> All =>
    [
        new Check(
            "mkfs-btrfs",
            "A new pool is formatted; one that is there needs no program.",
            LookForMakerAsync) { Affects = Stored },
        Of("loop-devices", "A pool on a file is attached to a block device.", LookAtLoopsAsync),
        Of("btrfs", "Pools are file systems btrfs: volumes and images are subvolumes.", ct => TryAsync(
            folder => Btrfs.CreateSubvolume(folder, Volume, Limit), "A subvolume cannot be made", "subvolumes work", ct)),
        Of("btrfs-quota", "The kernel holds a volume to its size.", ct => TryAsync(
            TryQuota, "A subvolume cannot be limited", "limits work", ct)),
        Of("idmapped-mounts", "A container sees the files of its volumes as its own, whatever ids they have on the disk.", ct => TryAsync(
            TryMap, "The owners of files cannot be mapped in a mount", "owners can be mapped on btrfs", ct))
            with { Affects = [Ability.Containers] },
    ];

    private static Check Of(string name, string meaning, Func<CancellationToken, ValueTask<Finding>> look) =>
        new(name, meaning, look) { Affects = Stored, NeedsRoot = true };

    private ValueTask<Finding> LookForMakerAsync(CancellationToken ct) => new ProgramCheck(Programs.MakeBtrfs, new Version(6, 2))
    {
        Fallback = pools.Any(PoolFormat.IsToCome) ? null : "The pool is there, and is not formatted again.",
    }.LookAsync(here, ct);

    private async ValueTask<Finding> LookAtLoopsAsync(CancellationToken ct) =>
        pools.All(pool => pool.LoopFile is null) ? Finding.Ok("not needed: no pool is on a file")
        : lacks.OfLoops() is { } lack ? Finding.Failed(lack)
        : await trial.AttachAsync(device => Task.FromResult(Finding.Ok($"a file was attached to {device}")), ct);

    private async ValueTask<Finding> TryAsync(Func<SafeFileHandle, Errno?> action, string what, string found, CancellationToken ct)
    {
        if ((lacks.OfLoops() ?? lacks.Program(Programs.MakeBtrfs)) is { } untried)
        {
            return lacks.OfPools(pools) is { } lack
                ? Finding.Failed(lack)
                : Finding.Warning($"Not tried: {untried.What}", "The pool is opened without it.", untried.Remedy!);
        }

        var error = await trial.MountAsync(action, ct);
        return error is null
            ? Finding.Ok(found)
            : throw error.Value.Unavailable(what, "Run Linux 5.15 or later, with all of btrfs.");
    }

    private static Errno? TryQuota(SafeFileHandle folder)
    {
        if ((Btrfs.EnableQuota(folder) ?? Btrfs.CreateSubvolume(folder, Volume, Limit)) is { } error)
        {
            return error;
        }

        using var made = Libc.OpenFolder(folder, Volume);
        return made.IsInvalid ? Errno.Last
            : Btrfs.FindSubvolume(made, out var id) ?? Btrfs.SetLimits(folder, id, referenced: Limit, exclusive: null);
    }

    private static Errno? TryMap(SafeFileHandle folder)
    {
        using var ids = UserNamespaces.Make(IdRanges.FirstOf(IdRanges.Slots - 1), IdRanges.Size);
        using var mount = SystemCalls.CloneMount(folder);
        return mount.IsInvalid ? Errno.Last : SystemCalls.MapOwners(mount, ids);
    }
}

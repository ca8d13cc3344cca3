using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Storage;

namespace Provision.Machine.Linux.Doctor;

/// <summary>What pools are made of, tried with a small one.</summary>
internal sealed class FileSystemChecks(Surroundings here)
{
    private const string Volume = "trial";
    private const long Limit = 16L << 20;
    private static readonly Ability[] Stored = [Ability.Volumes, Ability.Images];
    private readonly TrialPool trial = new(new Commands(TimeProvider.System, here.ProgramFolders));

    public IReadOnlyList<Check> All =>
    [
        new Check(
            "mkfs-btrfs",
            "A new pool is formatted; one that is there needs no program.",
            ct => new ProgramCheck(Programs.MakeBtrfs, new Version(6, 2)).LookAsync(here, ct)) { Affects = Stored },
        Of("loop-devices", "A pool on a file is attached to a block device.", async ct =>
            await trial.AttachAsync(device => Task.FromResult(Finding.Ok($"a file was attached to {device}")), ct)),
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

    private async ValueTask<Finding> TryAsync(Func<SafeFileHandle, Errno?> action, string what, string found, CancellationToken ct)
    {
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

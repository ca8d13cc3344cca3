using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Storage;
using Provision.Reservations;

namespace Provision.Machine.Linux.Doctor;

/// <summary>Where the pools of an instance are to lie, and how they are, where it has any.</summary>
internal sealed class PoolChecks(Surroundings here, LinuxMachineOptions options)
{
    private const double FreeMin = 0.02;
    private const double FreeLow = 0.1;
    private static readonly Finding None = Finding.Ok("no pool is mounted");
    private static readonly Finding NoFile = Finding.Ok("no pool is on a file");
    private static readonly Finding NoDevices = Finding.Ok("no pool is on devices");
    private static readonly Ability[] Stored = [Ability.Volumes, Ability.Images];

    public IReadOnlyList<Check> All =>
    [
        Of("pool-file", "A pool on a file takes all of its room when it is made.", () => Worst(LoopFiles.Select(LookAtFile), NoFile)),
        Of("pool-devices", "A pool on devices has them for itself.", () => Worst(OnDevices.Select(LookAtDevices), NoDevices)),
        Of("pool-mounted", "The pools of this node are mounted, and can be written.", LookAtMounts),
        Of("pool-errors", "The devices of a pool have had no errors.", () => Each(LookAtErrors)),
        Of("pool-quota", "The limits of a pool are switched on, and their counts are right.", () => Each(LookAtQuota)),
        Of("pool-space", "A pool has room left for what is written without being asked, too.", () => Each(LookAtSpace)),
    ];

    private string Folder => Path.Combine(options.Root, "pools");

    private static Check Of(string name, string meaning, Func<Finding> look) =>
        Check.Of(name, meaning, look) with { Affects = Stored, NeedsRoot = true };

    private IEnumerable<PoolOptions> LoopFiles => options.Pools.Where(pool => pool.LoopFile is not null);

    private IEnumerable<PoolOptions> OnDevices => options.Pools.Where(pool => pool.Devices.Count > 0);

    private IReadOnlyList<Mount> Pools =>
        [.. Mounts.List(here.Proc).Where(mount => mount.Type == "btrfs" && Path.GetDirectoryName(mount.Target) == Folder)];

    private Finding LookAtMounts()
    {
        var wanted = Directory.Exists(Folder) ? Directory.GetDirectories(Folder) : [];
        var missing = wanted.Except(Pools.Select(pool => pool.Target)).Select(folder => Path.GetFileName(folder)).ToList();
        return wanted.Length == 0 ? Finding.Ok("no pool was made yet: the first start makes it")
            : missing.Count > 0 ? Finding.Warning(
                $"Not mounted: {string.Join(", ", missing)}", "The next start of the daemon mounts it.", "Start the daemon.")
            : Each(pool =>
            {
                var file = Path.Combine(pool.Target, $".doctor-{Environment.ProcessId}");
                try
                {
                    File.WriteAllText(file, "trial");
                    return Finding.Ok($"{Path.GetFileName(pool.Target)} at {pool.Source}");
                }
                finally
                {
                    File.Delete(file);
                }
            });
    }

    private Finding Each(Func<Mount, Finding> look) => Worst(Pools.Select(look), None);

    private static Finding Worst(IEnumerable<Finding> findings, Finding none) =>
        findings.OrderByDescending(finding => finding.Result).FirstOrDefault(none);

    private static Finding LookAtFile(PoolOptions pool)
    {
        var file = pool.LoopFile!;
        if (!File.Exists(file.Path))
        {
            return Finding.Ok($"{file.Size} of {PoolFormat.CheckFits(pool, file)}: the first start takes them");
        }

        PoolFormat.CheckOurs(pool, file.Path);
        return Finding.Ok($"{file.Path}, {new ByteSize(new FileInfo(file.Path).Length)}");
    }

    private Finding LookAtDevices(PoolOptions pool)
    {
        var strange = pool.Devices.FirstOrDefault(device => FileOwner.Find(device) is { IsBlockDevice: false });
        var elsewhere = Mounts.List(here.Proc)
            .FirstOrDefault(mount => pool.Devices.Contains(mount.Source) && Path.GetDirectoryName(mount.Target) != Folder);
        var all = string.Join(", ", pool.Devices);
        return strange is not null ? Finding.Failed($"{strange} is no block device", "Name a disk, or a part of one, by its full path.")
            : elsewhere is not null ? Finding.Failed(
                $"{elsewhere.Source} is mounted at {elsewhere.Target}", $"Name another device, or unmount it: umount {elsewhere.Target}")
            : PoolFormat.IsOnDevices(pool) ? Finding.Ok($"{pool.Name} on {all}")
            : Finding.Ok($"{all}: the first start formats them, and refuses what holds something else");
    }

    private Finding LookAtErrors(Mount pool)
    {
        if (FileSystemOf(pool) is not { } folder || !Directory.Exists(Path.Combine(folder, "devinfo")))
        {
            return Finding.Warning(
                $"The kernel does not count errors of {pool.Source}", "They are seen when they happen.", "Run Linux 5.14 or later.");
        }

        var errors = Directory.GetDirectories(Path.Combine(folder, "devinfo"))
            .Select(device => Path.Combine(device, "error_stats")).Where(File.Exists).SelectMany(File.ReadLines)
            .Select(line => line.Split(' ')).Where(words => words is [_, not "0"]).Select(words => $"{words[0]} {words[1]}").ToList();
        return errors.Count == 0
            ? Finding.Ok("none")
            : Finding.Failed(
                $"{Path.GetFileName(pool.Target)}: {string.Join(", ", errors)}",
                $"Look at the disk, and check the pool: btrfs scrub start {pool.Target}");
    }

    private Finding LookAtQuota(Mount pool)
    {
        var groups = FileSystemOf(pool) is { } folder ? Path.Combine(folder, "qgroups") : null;
        return groups is null || !Directory.Exists(groups)
            ? Finding.Failed($"{Path.GetFileName(pool.Target)} has no limits", "Start the daemon: it switches them on.")
            : Surroundings.Read(Path.Combine(groups, "inconsistent")) is "1"
                ? Finding.Warning(
                    $"{Path.GetFileName(pool.Target)} has counted wrong",
                    "Limits hold by the counts as they are.",
                    $"Have it count anew: btrfs quota rescan {pool.Target}")
                : Finding.Ok("on, and consistent");
    }

    private static Finding LookAtSpace(Mount pool)
    {
        var drive = new DriveInfo(pool.Target);
        var free = (double)drive.TotalFreeSpace / drive.TotalSize;
        var found = $"{new ByteSize(drive.TotalFreeSpace)} of {new ByteSize(drive.TotalSize)} free in {Path.GetFileName(pool.Target)}";
        const string remedy = "Order less on this node, have containers say less, or give the pool a device more.";
        return free < FreeMin ? Finding.Failed(found, remedy)
            : free < FreeLow ? Finding.Warning(found, "Volumes keep what they were promised.", remedy)
            : Finding.Ok(found);
    }

    // sysfs of btrfs: a folder for each file system, with a link for each of its devices.
    private string? FileSystemOf(Mount pool)
    {
        var all = Path.Combine(here.Sys, "fs/btrfs");
        var device = Path.GetFileName(pool.Source);
        return !Directory.Exists(all) ? null : Directory.GetDirectories(all)
            .FirstOrDefault(folder => Path.Exists(Path.Combine(folder, "devices", device)));
    }
}

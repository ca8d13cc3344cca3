using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Storage;

/// <summary>
/// A mounted btrfs. Each volume is a subvolume <c>volumes/DIGEST</c> with a limit on what it refers to; a root is one with a limit on what
/// it does not share. Unpacked images are subvolumes <c>images/DIGEST</c> that cannot be written; who needs them is in <c>holders</c>.
/// Entries that are no subvolume or not named by a digest are not ours: they are left alone and not listed.
/// </summary>
internal sealed class BtrfsPool(PoolOptions options, string root)
{
    private readonly Subvolumes volumes = new(options.Name, Path.Combine(root, "volumes"));

    /// <summary>The least share of images: the smallest images of real systems, with what they grow by when they are unpacked.</summary>
    private static ByteSize ImagesMin => new(32L << 20);

    /// <summary>What btrfs needs for itself: its first chunks of metadata, held twice, and a sixteenth for those to come.</summary>
    private static ByteSize ReserveOf(ByteSize device) => new((96L << 20) + (device.Bytes / 16));

    /// <summary>Its name.</summary>
    public string Name => options.Name;

    /// <summary>Unpacked images.</summary>
    public Subvolumes Images { get; } = new(options.Name, Path.Combine(root, "images"));

    /// <summary>A folder for each image, with an empty file for each order that needs it.</summary>
    public string Holders { get; } = Path.Combine(root, "holders");

    /// <summary>Makes a freshly mounted file system ready to hold volumes; repeating it changes nothing.</summary>
    public void Prepare()
    {
        volumes.Prepare();
        Images.Prepare();
        Folders.Ensure(Holders);
        using var folder = volumes.Open();
        volumes.Check(Btrfs.EnableQuota(folder), "quotas cannot be switched on");
        SweepGroups(folder);
    }

    /// <summary>
    /// The size is that of the devices less 96 MiB and a sixteenth, less the share of images, in whole MiB, and depends on nothing else:
    /// file content up to it fits. A volume's limit also counts the metadata of its own files, which btrfs holds twice: very many very
    /// small files can fill a pool before its size is reached.
    /// </summary>
    public Pool Describe()
    {
        using var folder = volumes.Open();
        var (drive, images, all) = Measure();
        return new Pool(options.Name, options.Type, all - images, new ByteSize(drive.TotalSize - drive.TotalFreeSpace));
    }

    /// <summary>What all images together may take.</summary>
    public ByteSize MeasureImagesMax() => Measure().Images;

    public IEnumerable<Volume> List()
    {
        foreach (var (name, quota) in volumes.List())
        {
            if (Digest.TryParse(name, out var owner))
            {
                yield return new Volume(
                    new VolumeName(options.Name, owner),
                    (quota.ExclusiveMax ?? quota.ReferencedMax) is { } limit ? new ByteSize(limit) : null,
                    new ByteSize(quota.ExclusiveMax is null ? quota.Referenced : quota.Exclusive),
                    Path.Combine(volumes.Path, name));
            }
        }
    }

    public void Ensure(Digest owner, ByteSize limit)
    {
        using var folder = volumes.Open();
        var error = Btrfs.CreateSubvolume(folder, owner.ToString(), limit.Bytes);
        if (error != Errno.Exists)
        {
            volumes.Check(error, $"volume {owner.Short} cannot be made");
        }

        volumes.Limit(folder, Require(folder, owner), owner.ToString(), referenced: limit.Bytes, exclusive: null);
    }

    /// <summary>
    /// Nobody writes into a root before this has returned, so that it needs no limit before it gets one. It is given by number and not by
    /// path: btrfs cannot open a transaction inside a subvolume that is full.
    /// </summary>
    public void EnsureRoot(Digest owner, Digest image, ByteSize limit)
    {
        using var folder = volumes.Open();
        if (volumes.Find(folder, owner.ToString()) is null
            && !Images.TrySnapshot(image.ToString(), folder, owner.ToString(), readOnly: false))
        {
            throw new FaultException(
                FaultCode.NotFound, $"Pool {options.Name} has no image {image.Short}", "Have the image unpacked before its root is made.");
        }

        volumes.Limit(folder, Require(folder, owner), owner.ToString(), referenced: null, exclusive: limit.Bytes);
    }

    /// <inheritdoc cref="Subvolumes.Remove"/>
    public void Remove(Digest owner) => volumes.Remove(owner.ToString());

    private (DriveInfo Drive, ByteSize Images, ByteSize All) Measure()
    {
        var drive = new DriveInfo(root);
        var device = new ByteSize(drive.TotalSize);
        var all = (device - ReserveOf(device)).Bytes >> 20 << 20;
        var images = options.ImagesMax?.Bytes ?? Math.Max(ImagesMin.Bytes, all / 8 >> 20 << 20);
        return (drive, new ByteSize(Math.Min(images, all)), new ByteSize(all));
    }

    private ulong Require(SafeFileHandle folder, Digest owner) => volumes.Find(folder, owner.ToString()) ?? throw new FaultException(
        FaultCode.Conflict,
        $"{Path.Combine(volumes.Path, owner.ToString())} is not a subvolume",
        "Somebody else made it: move it away.");

    /// <summary>Kernels before 6.11 keep the quota group of a subvolume that is gone.</summary>
    private void SweepGroups(SafeFileHandle folder)
    {
        var groups = new List<TreeItem>();
        var roots = new List<TreeItem>();
        volumes.Check(
            Btrfs.Search(folder, Btrfs.QuotaTree, 0, (Btrfs.GroupUsage, Btrfs.GroupUsage), (Btrfs.FirstSubvolume, (1UL << 48) - 1), groups),
            "quotas cannot be read");
        volumes.Check(
            Btrfs.Search(folder, Btrfs.RootTree, null, (Btrfs.RootItem, Btrfs.RootItem), (0, ulong.MaxValue), roots),
            "subvolumes cannot be read");
        var alive = roots.Where(item => item.Type == Btrfs.RootItem).Select(item => item.ObjectId).ToHashSet();
        foreach (var stale in groups.Where(item => item.Offset >= Btrfs.FirstSubvolume && !alive.Contains(item.Offset)))
        {
            var error = Btrfs.SetGroup(folder, stale.Offset, exists: false);
            if (error != Errno.NoEntry && error != Errno.Busy)
            {
                volumes.Check(error, $"the quota group 0/{stale.Offset} of a subvolume that is gone cannot be removed");
            }
        }
    }

    /// <summary>The folder of a volume or root, itself and not what a link of its name leads to; null when there is none.</summary>
    public SafeFileHandle? OpenVolume(Digest owner)
    {
        using var folder = volumes.Open();
        return volumes.OpenOne(folder, owner.ToString());
    }
}

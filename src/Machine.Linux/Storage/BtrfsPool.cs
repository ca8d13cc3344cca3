using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Storage;

/// <summary>
/// A mounted btrfs. Each volume is a subvolume <c>volumes/DIGEST</c> with a limit on what it refers to. Entries of <c>volumes</c> that
/// are no subvolume or not named by a digest are not ours: they are left alone and not listed. No handle stays open between calls.
/// </summary>
internal sealed class BtrfsPool(PoolOptions options, string root)
{
    private const string VolumesFolder = "volumes";

    /// <summary>What btrfs needs for itself: its first chunks of metadata, held twice, and a sixteenth for those to come.</summary>
    private static ByteSize ReserveOf(ByteSize device) => new((96L << 20) + (device.Bytes / 16));

    private string Volumes => Path.Combine(root, VolumesFolder);

    /// <summary>Makes a freshly mounted file system ready to hold volumes; repeating it changes nothing.</summary>
    public void Prepare()
    {
        Folders.Ensure(Volumes);
        using var folder = Open();
        Check(Btrfs.EnableQuota(folder), "quotas cannot be switched on");
        SweepGroups(folder);
    }

    /// <summary>
    /// The size is that of the devices less 96 MiB and a sixteenth, in whole MiB, and depends on nothing else: file content up to it
    /// fits. A volume's limit also counts the metadata of its own files, which btrfs holds twice: very many very small files can fill
    /// a pool before its size is reached.
    /// </summary>
    public Pool Describe()
    {
        using var folder = Open();
        var drive = new DriveInfo(root);
        var device = new ByteSize(drive.TotalSize);
        var size = (device - ReserveOf(device)).Bytes >> 20 << 20;
        return new Pool(options.Name, options.Type, new ByteSize(size), new ByteSize(drive.TotalSize - drive.TotalFreeSpace));
    }

    public IEnumerable<Volume> List()
    {
        using var folder = Open();
        var groups = new List<TreeItem>();
        Check(
            Btrfs.Search(folder, Btrfs.QuotaTree, 0, (Btrfs.GroupUsage, Btrfs.GroupLimit), (0, ulong.MaxValue), groups),
            "quotas cannot be read");
        var used = groups.Where(item => item.Type == Btrfs.GroupUsage).ToDictionary(item => item.Offset, item => item.Second);
        var limits = groups.Where(IsLimit).ToDictionary(item => item.Offset, item => item.Second);
        var volumes = new List<Volume>();
        foreach (var path in Directory.EnumerateDirectories(Volumes))
        {
            var name = Path.GetFileName(path);
            if (Digest.TryParse(name, out var owner) && Find(folder, name) is { } id)
            {
                volumes.Add(new Volume(
                    new VolumeName(options.Name, owner),
                    limits.TryGetValue(id, out var limit) ? new ByteSize((long)limit) : null,
                    new ByteSize((long)used.GetValueOrDefault(id)),
                    path));
            }
        }

        return volumes;
    }

    public void Ensure(Digest owner, ByteSize limit)
    {
        using var folder = Open();
        var error = Btrfs.CreateSubvolume(folder, owner.ToString(), limit.Bytes);
        if (error != Errno.Exists)
        {
            Check(error, $"volume {owner.Short} cannot be made");
        }

        var id = Find(folder, owner.ToString()) ?? throw new FaultException(
            FaultCode.Conflict, $"{Path.Combine(Volumes, owner.ToString())} is not a subvolume", "Somebody else made it: move it away.");
        if (ReadLimit(folder, id) != (ulong)limit.Bytes)
        {
            error = Btrfs.SetLimit(folder, id, limit.Bytes);
            if (error == Errno.NoEntry)
            {
                Check(Btrfs.SetGroup(folder, id, exists: true), $"volume {owner.Short} cannot be given a quota group");
                error = Btrfs.SetLimit(folder, id, limit.Bytes);
            }

            Check(error, $"volume {owner.Short} cannot be limited");
        }
    }

    /// <summary>
    /// Durable when it returns, also when the volume was taken away by somebody who was killed right after. Its space is free a little
    /// later: the kernel gives it back in the background.
    /// </summary>
    public void Remove(Digest owner)
    {
        using var folder = Open();
        if (Find(folder, owner.ToString()) is { } id)
        {
            var error = Btrfs.DestroySubvolume(folder, owner.ToString());
            if (error == Errno.NotEmpty)
            {
                // Anybody may make subvolumes inside a folder that he owns; they go with the volume.
                RemoveNested(folder, id);
                error = Btrfs.DestroySubvolume(folder, owner.ToString());
            }

            if (error != Errno.NoEntry)
            {
                Check(error, $"volume {owner.Short} cannot be removed");
            }
        }

        Check(Btrfs.Commit(folder), $"the removal of volume {owner.Short} cannot be committed");
    }

    private void RemoveNested(SafeFileHandle folder, ulong id)
    {
        var nested = new List<TreeItem>();
        Check(
            Btrfs.Search(folder, Btrfs.RootTree, id, (Btrfs.RootReference, Btrfs.RootReference), (0, ulong.MaxValue), nested),
            "subvolumes cannot be read");
        foreach (var item in nested)
        {
            RemoveNested(folder, item.Offset);
            Check(Btrfs.DestroySubvolume(folder, item.Offset), "a subvolume inside a volume cannot be removed");
        }
    }

    /// <summary>Kernels before 6.11 keep the quota group of a subvolume that is gone.</summary>
    private void SweepGroups(SafeFileHandle folder)
    {
        var groups = new List<TreeItem>();
        var roots = new List<TreeItem>();
        Check(
            Btrfs.Search(folder, Btrfs.QuotaTree, 0, (Btrfs.GroupUsage, Btrfs.GroupUsage), (Btrfs.FirstSubvolume, (1UL << 48) - 1), groups),
            "quotas cannot be read");
        Check(
            Btrfs.Search(folder, Btrfs.RootTree, null, (Btrfs.RootItem, Btrfs.RootItem), (0, ulong.MaxValue), roots),
            "subvolumes cannot be read");
        var alive = roots.Where(item => item.Type == Btrfs.RootItem).Select(item => item.ObjectId).ToHashSet();
        foreach (var stale in groups.Where(item => item.Offset >= Btrfs.FirstSubvolume && !alive.Contains(item.Offset)))
        {
            var error = Btrfs.SetGroup(folder, stale.Offset, exists: false);
            if (error != Errno.NoEntry && error != Errno.Busy)
            {
                Check(error, $"the quota group 0/{stale.Offset} of a subvolume that is gone cannot be removed");
            }
        }
    }

    /// <summary>The folder of the volume; null when there is none.</summary>
    public SafeFileHandle? OpenVolume(Digest owner)
    {
        using var folder = Open();
        var volume = Libc.OpenFolder(folder, owner.ToString());
        if (!volume.IsInvalid)
        {
            return volume;
        }

        var error = Errno.Last;
        return error == Errno.NoEntry || error == Errno.NotFolder || error == Errno.Loop
            ? null
            : throw Broken(error, $"volume {owner.Short} cannot be opened");
    }

    private ulong? ReadLimit(SafeFileHandle folder, ulong id)
    {
        var items = new List<TreeItem>();
        Check(Btrfs.Search(folder, Btrfs.QuotaTree, 0, (Btrfs.GroupLimit, Btrfs.GroupLimit), (id, id), items), "quotas cannot be read");
        return items.Where(IsLimit).Select(item => (ulong?)item.Second).FirstOrDefault();
    }

    private static bool IsLimit(TreeItem item) => item is { Type: Btrfs.GroupLimit } && (item.First & 1) != 0;

    /// <summary>The id of the subvolume of this name; null when there is none, or something else has the name.</summary>
    private ulong? Find(SafeFileHandle folder, string name)
    {
        using var volume = Libc.OpenFolder(folder, name);
        if (volume.IsInvalid)
        {
            var error = Errno.Last;
            return error == Errno.NoEntry || error == Errno.NotFolder || error == Errno.Loop
                ? null
                : throw Broken(error, $"volume {name[..12]} cannot be opened");
        }

        Check(Btrfs.FindSubvolume(volume, out var id), $"volume {name[..12]} cannot be looked up");
        return id >= Btrfs.FirstSubvolume ? id : null;
    }

    private SafeFileHandle Open()
    {
        var folder = Libc.OpenFolder(Volumes);
        return folder.IsInvalid ? throw Broken(Errno.Last, "it is not mounted") : folder;
    }

    private void Check(Errno? error, string what)
    {
        if (error is { } number)
        {
            throw Broken(number, what);
        }
    }

    private FaultException Broken(Errno error, string what) =>
        error.Unavailable(
            $"Pool {options.Name}: {what}",
            error == Errno.NoSpace ? "Free some space in the pool." : $"Look at the pool at {root} and its disk.");
}

using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Storage;

/// <summary>
/// The subvolumes in one folder of a pool, by name. What is there under a name and is no subvolume does not count as one, and is left
/// alone. No handle stays open between calls.
/// </summary>
/// <param name="pool">The pool's name, for what fails.</param>
/// <param name="path">The folder.</param>
internal sealed class Subvolumes(string pool, string path)
{
    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>Makes the folder.</summary>
    public void Prepare() => Folders.Ensure(path);

    /// <summary>The folder, open. <c>Unavailable</c>: the pool is not mounted.</summary>
    public SafeFileHandle Open()
    {
        var folder = Libc.OpenFolder(path);
        return folder.IsInvalid ? throw Broken(Errno.Last, "it is not mounted") : folder;
    }

    /// <summary>One of them, open; null when there is none of this name, or something else has it.</summary>
    public SafeFileHandle? Open(string name)
    {
        using var folder = Open();
        var subvolume = OpenOne(folder, name);
        return subvolume is null || FindId(subvolume, name) is not null ? subvolume : Absent(subvolume);
    }

    /// <summary>The id of the subvolume of this name; null when there is none, or something else has the name.</summary>
    public ulong? Find(SafeFileHandle folder, string name)
    {
        using var subvolume = OpenOne(folder, name);
        return subvolume is null ? null : FindId(subvolume, name);
    }

    /// <summary>All of them, with what they take.</summary>
    public IReadOnlyList<(string Name, Quota Quota)> List()
    {
        using var folder = Open();
        var quotas = new Dictionary<ulong, Quota>();
        Check(Btrfs.ReadQuotas(folder, (0, ulong.MaxValue), quotas), "quotas cannot be read");
        return
        [
            .. from entry in Directory.EnumerateDirectories(path)
               let name = System.IO.Path.GetFileName(entry)
               let id = Find(folder, name)
               where id is not null
               select (name, quotas.GetValueOrDefault(id.Value)),
        ];
    }

    /// <summary>What the subvolume takes.</summary>
    public Quota ReadQuota(SafeFileHandle folder, ulong id)
    {
        var quotas = new Dictionary<ulong, Quota>();
        Check(Btrfs.ReadQuotas(folder, (id, id), quotas), "quotas cannot be read");
        return quotas.GetValueOrDefault(id);
    }

    /// <summary>Sets both limits, unless they are so; null is none.</summary>
    public void Limit(SafeFileHandle folder, ulong id, string name, long? referenced, long? exclusive)
    {
        var there = ReadQuota(folder, id);
        if (there.ReferencedMax == referenced && there.ExclusiveMax == exclusive)
        {
            return;
        }

        var error = Btrfs.SetLimits(folder, id, referenced, exclusive);
        if (error == Errno.NoEntry)
        {
            Check(Btrfs.SetGroup(folder, id, exists: true), $"{Short(name)} cannot be given a quota group");
            error = Btrfs.SetLimits(folder, id, referenced, exclusive);
        }

        Check(error, $"{Short(name)} cannot be limited");
    }

    /// <summary>Makes a copy that shares all it holds with the subvolume of this name, which must be there: false when it is not.</summary>
    public bool TrySnapshot(string name, SafeFileHandle target, string targetName, bool readOnly)
    {
        using var folder = Open();
        using var source = OpenOne(folder, name);
        if (source is null || FindId(source, name) is null)
        {
            return false;
        }

        var error = Btrfs.Snapshot(target, targetName, source, readOnly);
        if (error != Errno.Exists)
        {
            Check(error, $"{Short(name)} cannot be copied");
        }

        return true;
    }

    /// <summary>
    /// Durable when it returns, also when it was taken away by somebody who was killed right after. Its space is free a little later: the
    /// kernel gives it back in the background.
    /// </summary>
    public void Remove(string name)
    {
        using var folder = Open();
        if (Find(folder, name) is { } id)
        {
            var error = Btrfs.DestroySubvolume(folder, name);
            if (error == Errno.NotEmpty)
            {
                // Anybody may make subvolumes inside a folder that he owns; they go with it.
                RemoveNested(folder, id);
                error = Btrfs.DestroySubvolume(folder, name);
            }

            if (error != Errno.NoEntry)
            {
                Check(error, $"{Short(name)} cannot be removed");
            }
        }

        // Not by BTRFS_IOC_START_SYNC: that wakes a thread of the kernel, which sleeps for 30 s when it was just finishing another commit.
        Check(Libc.Sync(folder) == 0 ? null : Errno.Last, "a change cannot be committed");
    }

    /// <summary>Throws what the kernel refused.</summary>
    public void Check(Errno? error, string what)
    {
        if (error is { } number)
        {
            throw Broken(number, what);
        }
    }

    private static SafeFileHandle? Absent(SafeFileHandle folder)
    {
        folder.Dispose();
        return null;
    }

    // Names are digests, of which twelve digits are enough for a person.
    private static string Short(string name) => name.Length > 12 ? name[..12] : name;

    /// <summary>What is there under a name, a folder and no link; null when there is none.</summary>
    public SafeFileHandle? OpenOne(SafeFileHandle folder, string name)
    {
        var subvolume = Libc.OpenFolder(folder, name);
        if (!subvolume.IsInvalid)
        {
            return subvolume;
        }

        var error = Errno.Last;
        return error == Errno.NoEntry || error == Errno.NotFolder || error == Errno.Loop
            ? Absent(subvolume)
            : throw Broken(error, $"{Short(name)} cannot be opened");
    }

    private ulong? FindId(SafeFileHandle subvolume, string name)
    {
        Check(Btrfs.FindSubvolume(subvolume, out var id), $"{Short(name)} cannot be looked up");
        return id >= Btrfs.FirstSubvolume ? id : null;
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
            Check(Btrfs.DestroySubvolume(folder, item.Offset), "a subvolume inside another cannot be removed");
        }
    }

    private FaultException Broken(Errno error, string what) =>
        error.Unavailable(
            $"Pool {pool}: {what}",
            error == Errno.NoSpace ? "Free some space in the pool." : $"Look at the pool at {path} and its disk.");
}

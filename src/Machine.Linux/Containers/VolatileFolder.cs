using System.Security.Cryptography;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Storage;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// The file system in memory of one instance. It carries an epoch: a random word that is another after each boot. Secrets lie in it, so
/// it is not written to swap where the kernel can promise that (Linux 6.4).
/// </summary>
internal static class VolatileFolder
{
    private const string Type = "tmpfs";
    private const nuint Flags = 0x2 | 0x4 | 0x8; // MS_NOSUID, MS_NODEV, MS_NOEXEC
    private const nuint Private = 1 << 18; // MS_PRIVATE
    private const string Options = "mode=0711,size=256m";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Mounts it and makes it ready; it is not yet. Returns its epoch.</summary>
    public static string Make(Places places)
    {
        Directory.CreateDirectory(Places.Shared, Passable);
        File.SetUnixFileMode(Places.Shared, Passable);
        Directory.CreateDirectory(places.Volatile, OwnerOnly);
        if (!Mounts.List().Any(mount => mount.Target == places.Volatile))
        {
            Mount(places);
        }

        foreach (var folder in new[] { places.Supervisors, places.Runtime, places.Sockets, places.Bundles })
        {
            Folders.Ensure(folder);
        }

        Directory.CreateDirectory(places.Roots, Passable);
        File.SetUnixFileMode(places.Roots, Passable);
        var epoch = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(EpochOf(places) + ".new", epoch);
        File.SetUnixFileMode(EpochOf(places) + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(EpochOf(places) + ".new", EpochOf(places), overwrite: true);
        return epoch;
    }

    /// <summary>The epoch; null when nothing is mounted, or a daemon died while it was made ready.</summary>
    public static string? FindEpoch(Places places) => File.Exists(EpochOf(places)) ? File.ReadAllText(EpochOf(places)) : null;

    /// <summary>Unmounts it with all that is mounted in it. Not mounted: nothing to do.</summary>
    public static void Remove(Places places)
    {
        while (Mounts.List().Any(mount => mount.Target == places.Volatile))
        {
            if (Libc.Unmount(places.Volatile, Libc.Detach | Libc.NoFollow) != 0)
            {
                throw Errno.Last.Unavailable(
                    $"{places.Volatile} cannot be unmounted", $"Look at what is mounted in it: findmnt -R {places.Volatile}");
            }
        }

        if (Directory.Exists(places.Volatile))
        {
            Directory.Delete(places.Volatile, recursive: false);
        }
    }

    // Its source is only a name: the table of mounts then says whose it is.
    private static void Mount(Places places)
    {
        var mounted = Libc.Mount(places.Root, places.Volatile, Type, Flags, Options + ",noswap") == 0
            || (Errno.Last == Errno.InvalidArgument && Libc.Mount(places.Root, places.Volatile, Type, Flags, Options) == 0);
        if (!mounted || Libc.Mount("", places.Volatile, "", Private, "") != 0)
        {
            throw Errno.Last.Unavailable($"{places.Volatile} cannot be mounted", "Look at the kernel's log: dmesg | tail");
        }
    }

    private static string EpochOf(Places places) => Path.Combine(places.Volatile, "epoch");
}

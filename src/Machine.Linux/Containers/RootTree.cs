using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Storage;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// Puts together what a container sees: its root and, in their places, its volumes, each as a mount that shows the ids of the disk as the
/// ids of the container. The runtime takes the whole tree over and follows no path in it for us; then our mounts can go.
/// </summary>
internal sealed class RootTree(Places places, Func<VolumeName, SafeFileHandle?> openVolume)
{
    // The runtime mounts onto these; it must find folders.
    private static readonly string[] Always = ["/proc", "/dev"];

    /// <summary>Where the root is mounted.</summary>
    public string PathOf(int slot) => Path.Combine(FolderOf(slot), "root");

    /// <summary>The root as it lies in its pool.</summary>
    /// <exception cref="FaultException"><c>NotFound</c>: it is not there.</exception>
    public SafeFileHandle Open(VolumeName name) => openVolume(name)
        ?? throw new FaultException(FaultCode.NotFound, $"There is no volume {name}", "Make it first.");

    /// <summary>Mounts the root, and the volumes in it, whose mount points are made when they are missing.</summary>
    /// <exception cref="FaultException"><c>NotFound</c>: no such volume. <c>Invalid</c>: a mount point.</exception>
    public void Mount(int slot, SafeFileHandle root, IReadOnlyList<VolumeMount> mounts, SafeFileHandle userNamespace)
    {
        // Through the mount nothing can be made: who does not exist in the container owns nothing there.
        foreach (var target in mounts.Select(mount => mount.Target).Concat(Always))
        {
            MountPoints.Open(root, target).Dispose();
        }

        using (var place = MakePlace(slot))
        {
            Place(root, userNamespace, place);
        }

        using var tree = Libc.OpenFolder(PathOf(slot));
        foreach (var mount in mounts)
        {
            using var volume = Open(mount.Volume);
            using var point = MountPoints.Open(tree, mount.Target);
            Place(volume, userNamespace, point);
        }
    }

    /// <summary>Takes our mounts away; those of a container that has taken them over stay. None: nothing to do.</summary>
    public void Unmount(int slot)
    {
        if (Directory.Exists(FolderOf(slot)))
        {
            while (Directory.Exists(PathOf(slot)) && Libc.Unmount(PathOf(slot), Libc.Detach | Libc.NoFollow) == 0)
            {
            }

            // Not recursive: were something still mounted there, that would be a tenant's data.
            foreach (var folder in Directory.EnumerateDirectories(FolderOf(slot)))
            {
                Directory.Delete(folder, recursive: false);
            }

            Directory.Delete(FolderOf(slot), recursive: false);
        }
    }

    private string FolderOf(int slot) => Path.Combine(places.Roots, slot.ToString(CultureInfo.InvariantCulture));

    /// <summary>A folder that nobody but root and the first process of the container can pass.</summary>
    private SafeFileHandle MakePlace(int slot)
    {
        Unmount(slot);
        Folders.Ensure(FolderOf(slot));
        Directory.CreateDirectory(PathOf(slot));
        if (Libc.SetOwner(FolderOf(slot), 0, IdRanges.FirstOf(slot)) != 0)
        {
            throw new IOException($"chown of {FolderOf(slot)}: {Errno.Last}");
        }

        File.SetUnixFileMode(
            FolderOf(slot), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        return Libc.OpenFolder(PathOf(slot));
    }

    private static void Place(SafeFileHandle folder, SafeFileHandle userNamespace, SafeFileHandle place)
    {
        using var mount = SystemCalls.CloneMount(folder);
        var error = mount.IsInvalid ? Errno.Last : SystemCalls.MapOwners(mount, userNamespace) ?? SystemCalls.PlaceMount(mount, place);
        if (error is not null)
        {
            throw error.Value.Unavailable(
                "A root or volume cannot be mounted for its container",
                "The file system of the pool must allow idmapped mounts: Linux 5.15.");
        }
    }
}

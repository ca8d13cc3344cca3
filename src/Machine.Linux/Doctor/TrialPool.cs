using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Storage;

namespace Provision.Machine.Linux.Doctor;

/// <summary>A small pool on a file, to try with what pools are made of. Nobody else sees it, and nothing of it stays.</summary>
internal sealed class TrialPool(Commands commands)
{
    private const long Size = 128L << 20;

    /// <summary>Attaches an empty file to a block device, and does something with the device.</summary>
    public async Task<T> AttachAsync<T>(Func<string, Task<T>> action, CancellationToken ct)
    {
        using var folder = new TrialFolder();
        var file = folder.Of("pool");
        var loops = new LoopDevices(commands);
        using (var empty = File.OpenHandle(file, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            RandomAccess.SetLength(empty, Size);
        }

        try
        {
            return await action(await loops.EnsureAsync(file, ct));
        }
        finally
        {
            await loops.RemoveAsync(file, CancellationToken.None);
        }
    }

    /// <summary>Formats and mounts it, and does something in its folder.</summary>
    public Task<T> MountAsync<T>(Func<SafeFileHandle, T> action, CancellationToken ct) => AttachAsync(
        async device =>
        {
            await commands.RunAsync(Programs.MakeBtrfs, ["--quiet", "--nodiscard", "--metadata", "dup", device], ct);
            using var place = new TrialFolder();
            return await PrivateMounts.RunAsync(() =>
            {
                if (Libc.Mount(device, place.Path, "btrfs", 0, "nodiscard,max_inline=0,commit=5") != 0)
                {
                    throw Errno.Last.Unavailable("A file system btrfs cannot be mounted", "Load its module: modprobe btrfs");
                }

                try
                {
                    using var folder = Libc.OpenFolder(place.Path);
                    return action(folder);
                }
                finally
                {
                    _ = Libc.Unmount(place.Path, Libc.NoFollow); // Else it goes with the namespace.
                }
            });
        },
        ct);
}

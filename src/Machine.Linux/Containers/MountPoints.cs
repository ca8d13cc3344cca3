using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// Folders inside a tree that a stranger wrote: made and opened part by part, so that no link in it can lead anywhere else.
/// </summary>
internal static class MountPoints
{
    private const uint Mode = 0x1ed; // 0755
    private const Resolve Strictly = Resolve.Beneath | Resolve.NoLinks | Resolve.NoMagicLinks;
    private static readonly int AsFolder = Libc.OPath | Libc.ODirectory | Libc.OCloseOnExec;

    /// <summary>Makes the folder and those above it.</summary>
    /// <param name="tree">The top of the tree, as the pool has it: what is made belongs to the id 0 of whoever sees it.</param>
    /// <param name="path">Names with slashes between them; empty is the top.</param>
    /// <param name="target">What the container calls it.</param>
    /// <exception cref="FaultException"><c>Invalid</c>: a link or a file is in the way, or a name is too long.</exception>
    public static void Make(SafeFileHandle tree, string path, string target)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var folder = tree;
        try
        {
            for (var i = 0; i < parts.Length; i++)
            {
                var above = folder;
                if (Libc.MakeFolder(above, parts[i], Mode) != 0 && Errno.Last is var error && error != Errno.Exists)
                {
                    throw Refused(error, target, string.Join('/', parts[..(i + 1)]));
                }

                folder = Open(above, parts[i], target, string.Join('/', parts[..(i + 1)]));
                if (above != tree)
                {
                    above.Dispose();
                }
            }
        }
        finally
        {
            if (folder != tree)
            {
                folder.Dispose();
            }
        }
    }

    /// <summary>Opens the folder to mount something on it; other mounts may lie on the way.</summary>
    /// <exception cref="FaultException"><c>Invalid</c>: a link or a file is in the way, or it is not there.</exception>
    public static SafeFileHandle Open(SafeFileHandle tree, string path, string target) => Open(tree, path, target, path);

    private static SafeFileHandle Open(SafeFileHandle tree, string path, string target, string part)
    {
        var folder = SystemCalls.Open(tree, path, AsFolder, Strictly);
        return folder.IsInvalid ? throw Refused(Errno.Last, target, part) : folder;
    }

    private static FaultException Refused(Errno error, string target, string part)
    {
        var what = $"{target} cannot be a mount point of the container";
        var invalid = error == Errno.Loop || error == Errno.NotFolder || error == Errno.NameTooLong || error == Errno.NoEntry;
        return !invalid
            ? error.Unavailable($"{what}: {part}", "Look at the pool and its disk.")
            : new FaultException(
                FaultCode.Invalid,
                $"{what}: {part} in its root or volume is {(error == Errno.NameTooLong ? "too long a name" : "a link, or something else that is no folder")}",
                "Choose another mount point, or another image.");
    }
}

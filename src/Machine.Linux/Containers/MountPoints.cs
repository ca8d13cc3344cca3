using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// Folders inside a root that a stranger wrote: made and opened part by part, so that no link in it can lead anywhere else.
/// </summary>
internal static class MountPoints
{
    private const int Mode = 0x1ed; // 0755

    /// <summary>Makes the folder and those above it, and opens it.</summary>
    /// <param name="root">The root: as the pool has it, or as it is mounted, where nothing can be made any more.</param>
    /// <param name="target">What the container calls it: an absolute path.</param>
    /// <exception cref="FaultException"><c>Invalid</c>: a link or a file is in the way, or a name is too long.</exception>
    public static SafeFileHandle Open(SafeFileHandle root, string target)
    {
        var parts = target.Split('/', StringSplitOptions.RemoveEmptyEntries);
        SafeFileHandle? folder = null;
        for (var i = 0; i < parts.Length; i++)
        {
            using var above = folder;
            if ((Make(above ?? root, parts[i]) ?? Beneath.EnterFolder(above ?? root, parts[i], out folder)) is { } error)
            {
                throw Refused(error, target, "/" + string.Join('/', parts[..(i + 1)]));
            }
        }

        return folder ?? throw new ArgumentException("The root itself is no mount point.", nameof(target));
    }

    private static Errno? Make(SafeFileHandle folder, string name)
    {
        var error = Beneath.CreateFolder(folder, name);
        return error is null ? Beneath.SetMode(folder, name, Mode) : error == Errno.Exists ? null : error;
    }

    private static FaultException Refused(Errno error, string target, string part)
    {
        var what = $"{target} cannot be a mount point of the container";
        return error == Errno.Loop || error == Errno.NotFolder
            ? new FaultException(
                FaultCode.Invalid, $"{what}: {part} in its root is a link, or a file", "Choose another one, or another image.")
            : error == Errno.NameTooLong
            ? new FaultException(FaultCode.Invalid, $"{what}: {part} is too long a name", "Choose a shorter one.")
            : error.Unavailable($"{what}: {part}", "Look at the pool and its disk; the root may be full.");
    }
}

using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// Makes user namespaces that say which id of a container, or on a disk, is which id of the machine (user_namespaces(7)).
/// </summary>
/// <remarks>
/// What the kernel counts by user (inotify(7), signals that wait, locked memory, message queues) it counts for the owner of a namespace,
/// too. So each belongs to its own first id: were root the owner of all, one tenant could use up what the others and the machine have.
/// </remarks>
internal static class UserNamespaces
{
    /// <summary>A path by which other programs find the namespace as long as it is open here.</summary>
    public static string PathOf(SafeFileHandle userNamespace) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{userNamespace.DangerousGetHandle()}");

    /// <summary>A namespace whose ids from 0 are the machine's from <paramref name="first"/>; it goes when nobody has it.</summary>
    /// <exception cref="Reservations.Faults.FaultException"><c>Unavailable</c>: the kernel makes none.</exception>
    public static SafeFileHandle Make(uint first, int size)
    {
        if (UserNamespaceCalls.StartChild(first, out var child) is { } error)
        {
            throw error.Unavailable(
                "A user namespace cannot be made",
                "The daemon must run as root; look at the limit of the machine: sysctl user.max_user_namespaces");
        }

        try
        {
            var map = string.Create(CultureInfo.InvariantCulture, $"0 {first} {size}");
            File.WriteAllText($"/proc/{child}/uid_map", map);
            File.WriteAllText($"/proc/{child}/gid_map", map);
            return File.OpenHandle($"/proc/{child}/ns/user");
        }
        finally
        {
            UserNamespaceCalls.Collect(child);
        }
    }
}

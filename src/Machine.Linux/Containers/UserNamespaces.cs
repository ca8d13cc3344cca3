using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Processes;
using Provision.Reservations.Faults;

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

    /// <summary>A namespace whose ids from 0 are the machine's from <paramref name="first"/>.</summary>
    public static SafeFileHandle Make(uint first, int size)
    {
        // A namespace is made by a process that moves into it. It echoes once it has, and ends when its input does.
        // CAP_SYS_ADMIN: on some machines nobody else makes any.
        var start = new ProcessStartInfo(
            Commands.Find(Programs.SetPriv),
            [
                $"--reuid={first}", $"--regid={first}", "--clear-groups", "--inh-caps=+sys_admin", "--ambient-caps=+sys_admin",
                Commands.Find(Programs.Unshare), "--user", Commands.Find(Programs.Cat),
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Programs.Unshare} did not start.");
        try
        {
            var (input, output) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
            input.WriteByte(0);
            input.Flush();
            if (output.ReadByte() != 0)
            {
                throw new FaultException(
                    FaultCode.Unavailable,
                    "A user namespace cannot be made",
                    "Look at the limit of the machine: sysctl user.max_user_namespaces");
            }

            var map = string.Create(CultureInfo.InvariantCulture, $"0 {first} {size}");
            File.WriteAllText($"/proc/{process.Id}/uid_map", map);
            File.WriteAllText($"/proc/{process.Id}/gid_map", map);
            return File.OpenHandle($"/proc/{process.Id}/ns/user");
        }
        finally
        {
            process.StandardInput.Close();
            process.WaitForExit();
        }
    }
}

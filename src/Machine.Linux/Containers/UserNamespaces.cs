using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Processes;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// Makes user namespaces that say which id on a disk is which id of the machine (user_namespaces(7)). No process lives in one: a mount
/// needs its maps alone.
/// </summary>
internal static class UserNamespaces
{
    /// <summary>A namespace whose ids from 0 are the machine's from <paramref name="first"/>.</summary>
    public static SafeFileHandle Make(uint first, int size)
    {
        // A namespace is made by a process that moves into it. It echoes once it has, and ends when its input does.
        var start = new ProcessStartInfo(Commands.Find(Programs.Unshare), ["--user", Commands.Find(Programs.Cat)])
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

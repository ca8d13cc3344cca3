using System.Text.RegularExpressions;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Storage;

/// <summary>What is mounted where (proc(5), mountinfo).</summary>
internal static partial class Mounts
{
    private const int NoSetUserId = 0x2; // MS_NOSUID, sys/mount.h
    private const int NoDevices = 0x4; // MS_NODEV
    private const int NoAccessTime = 0x400; // MS_NOATIME

    /// <summary>All mounts, in the order in which they were made.</summary>
    /// <param name="proc">Where proc(5) is.</param>
    public static IReadOnlyList<Mount> List(string proc = "/proc") =>
    [
        .. File.ReadLines(Path.Combine(proc, "self/mountinfo")).Select(line =>
        {
            var (front, back) = (line.Split(" - ", 2)[0].Split(' '), line.Split(" - ", 2)[1].Split(' '));
            return new Mount(Unescape(front[4]), back[0], Unescape(back[1]));
        }),
    ];

    /// <summary>Mounts the file system's top, and not the subvolume that somebody made its default.</summary>
    public static void Ensure(string target, IReadOnlyList<string> devices, string pool)
    {
        var mounts = List();
        if (mounts.LastOrDefault(mount => mount.Target == target) is { } there)
        {
            if (there.Type == "btrfs" && devices.Contains(there.Source))
            {
                return;
            }

            throw new FaultException(
                FaultCode.Conflict,
                $"{there.Source} ({there.Type}) is mounted at {target}, where pool {pool} belongs",
                $"Unmount it: umount {target}");
        }

        if (mounts.FirstOrDefault(mount => devices.Contains(mount.Source)) is { } elsewhere)
        {
            throw new FaultException(
                FaultCode.Conflict,
                $"{elsewhere.Source} of pool {pool} is mounted at {elsewhere.Target}",
                "Give every instance pools of its own, or unmount it there.");
        }

        // Discards would punch holes into a loop file that is preallocated; content inside metadata would be held twice, and count once.
        // The kernel looks for what it can free as often as it commits by itself, which is every 30 s unless it is told otherwise.
        var options = string.Join(
            ',', ["subvolid=5", "nodiscard", "max_inline=0", "commit=5", .. devices.Skip(1).Select(device => $"device={device}")]);
        if (Libc.Mount(devices[0], target, "btrfs", NoSetUserId | NoDevices | NoAccessTime, options) != 0)
        {
            throw Errno.Last.Unavailable($"Pool {pool} cannot be mounted from {devices[0]}", "Look at the kernel's log: dmesg | tail");
        }
    }

    /// <summary>Unmounts what is there, as often as something is. Nothing: nothing to do.</summary>
    public static void Remove(string target)
    {
        while (List().Any(mount => mount.Target == target))
        {
            if (Libc.Unmount(target, Libc.NoFollow) != 0)
            {
                throw Errno.Last.Unavailable($"{target} cannot be unmounted", $"End what uses it: fuser -vm {target}");
            }
        }
    }

    private static string Unescape(string text) =>
        Octal().Replace(text, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}

/// <summary>One mount.</summary>
internal sealed record Mount(string Target, string Type, string Source);

using System.Globalization;
using Provision.Machine.Linux.Storage;
using Provision.Reservations;

namespace Provision.Machine.Linux;

/// <summary>What this machine has for containers, as far as this process is allowed to use it.</summary>
internal static class LinuxSize
{
    /// <summary>What the machine itself needs at least: its kernel, its daemons, this one.</summary>
    private static ByteSize ReserveMin => new(512L << 20);

    /// <summary>Logical processors and memory, both within the limits of our own control group.</summary>
    public static MachineSize Read() => Of(
        Environment.ProcessorCount,
        ReadTotal(File.ReadLines("/proc/meminfo")),
        ReadLimits(File.ReadLines("/proc/self/cgroup"), Mounts.List()));

    /// <summary>
    /// The whole is the total, or the least limit; its reserve an eighth, and 512 MiB at least. What is between them is in whole MiB.
    /// </summary>
    public static MachineSize Of(int cores, ByteSize total, IEnumerable<ByteSize> limits)
    {
        var whole = limits.Append(total).Min();
        var lease = Math.Max(0, whole.Bytes - Math.Max(ReserveMin.Bytes, whole.Bytes / 8)) >> 20 << 20;
        return new MachineSize(cores, whole) { Reserve = new ByteSize(whole.Bytes - lease) };
    }

    /// <summary>MemTotal of proc(5).</summary>
    public static ByteSize ReadTotal(IEnumerable<string> lines)
    {
        var line = lines.First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        return new ByteSize(long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10);
    }

    /// <summary>
    /// The limits of our group and of those above it (cgroups(7), both versions). A group that a container hides from us has no files.
    /// </summary>
    public static IEnumerable<ByteSize> ReadLimits(IEnumerable<string> groups, IReadOnlyList<Mount> mounts)
    {
        foreach (var fields in groups.Select(line => line.Split(':', 3)))
        {
            var (isMemory, file) = fields[1].Length == 0
                ? (true, "memory.max")
                : (fields[1].Split(',').Contains("memory"), "memory.limit_in_bytes");
            var mount = isMemory ? mounts.FirstOrDefault(mount => Matches(mount, fields[1])) : null;
            for (var group = mount is null ? null : fields[2]; group is not null; group = Path.GetDirectoryName(group))
            {
                var path = Path.Join(mount!.Target, group, file);
                if (File.Exists(path) && long.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var limit))
                {
                    yield return new ByteSize(limit);
                }
            }
        }
    }

    // The second version has one tree; a tree of the first is mounted under the names of its controllers.
    private static bool Matches(Mount mount, string controllers) => controllers.Length == 0
        ? mount.Type == "cgroup2"
        : mount.Type == "cgroup" && Path.GetFileName(mount.Target).Split(',').Contains("memory");
}

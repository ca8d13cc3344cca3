using System.Globalization;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// The control groups of containers (cgroups(7)), which the runtime makes: one folder in the hierarchy of version 2, or one in each of
/// version 1, or both. All processes of a container are in its group and cannot leave it.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="proc">Where proc(5) is.</param>
internal sealed class ControlGroups(TimeProvider time, string proc = "/proc")
{
    private const int KillAtOnce = 9;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<Mount> hierarchies = [.. Mounts.List(proc).Where(mount => mount.Type is "cgroup" or "cgroup2")];
    private readonly Lock gate = new();
    private int keepers;

    /// <summary>True where there is version 2 alone.</summary>
    public bool OnlyUnified => hierarchies.All(mount => mount.Type == "cgroup2");

    /// <summary>True when what is in swap is counted: always in version 2, by a choice at boot in version 1.</summary>
    public bool CountSwap => OnlyUnified || Files("", "memory.memsw.limit_in_bytes").Any();

    /// <summary>
    /// True when a hierarchy has the controller: one of version 1 is mounted under its name, that of version 2 lists what it has.
    /// </summary>
    public static bool HasController(string proc, string controller) => Mounts.List(proc).Any(mount => mount.Type switch
    {
        "cgroup" => Path.GetFileName(mount.Target).Split(',').Contains(controller),
        "cgroup2" => Path.Combine(mount.Target, "cgroup.controllers") is var file && File.Exists(file)
            && File.ReadAllText(file).Split([' ', '\n']).Contains(controller),
        _ => false,
    });

    /// <summary>The processes in the group.</summary>
    public IReadOnlySet<int> Processes(string group) => Files(group, "cgroup.procs").SelectMany(ReadLines)
        .Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToHashSet();

    /// <summary>How many of its processes the kernel killed because the group was at its limit of memory.</summary>
    public long OutOfMemoryKills(string group) => Files(group, "memory.events").Concat(Files(group, "memory.oom_control"))
        .SelectMany(ReadLines).Select(line => line.Split(' ')).Where(words => words is ["oom_kill", _])
        .Sum(words => long.Parse(words[1], CultureInfo.InvariantCulture));

    /// <summary>
    /// Limits what waits in sockets of the internet, for those who open one later. Version 1 counts that beside the memory of a group,
    /// and does not at all before there is a limit; version 2 counts it as memory.
    /// </summary>
    public void LimitSockets(string group, ByteSize size)
    {
        Write(group, "memory.kmem.tcp.limit_in_bytes", size.Bytes.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Limits how many processes and threads there are in the group, and below it, to half of what the machine has numbers for.
    /// </summary>
    public void LimitProcesses(string group)
    {
        var numbers = new[] { "/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max" }
            .Min(file => long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));
        Write(group, "pids.max", (numbers / 2).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Limits what the group takes of the machine's processors to this share of all of them.</summary>
    public void LimitProcessors(string group, double share)
    {
        const int period = 100_000; // Microseconds.
        var quota = (long)(period * Environment.ProcessorCount * share);
        Write(group, "cpu.cfs_quota_us", quota.ToString(CultureInfo.InvariantCulture));
        Write(group, "cpu.max", string.Create(CultureInfo.InvariantCulture, $"{quota} {period}"));
    }

    /// <summary>
    /// Moves the process into the group, which is made: what it takes is counted there. Version 1 of cpuset lets nobody into a group that
    /// nobody configured; it counts nothing.
    /// </summary>
    public void Join(string group, int process)
    {
        foreach (var folder in hierarchies.Select(mount => mount.Target + group))
        {
            Directory.CreateDirectory(folder);
            if (OnlyUnified || !File.Exists(Path.Combine(folder, "cpuset.cpus")))
            {
                File.WriteAllText(Path.Combine(folder, "cgroup.procs"), process.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Keeps the group, whatever is removed below it, while somebody makes one there.</summary>
    public void Keep()
    {
        lock (gate)
        {
            keepers++;
        }
    }

    /// <summary>Ends what <see cref="Keep"/> began: the group goes when nothing is below it.</summary>
    public void Release(string group)
    {
        lock (gate)
        {
            keepers--;
        }

        RemoveEmpty(group);
    }

    /// <summary>Kills all that is in the group; returns when nothing is left. No such group: nothing to do.</summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: something in it does not end.</exception>
    public async ValueTask KillAsync(string group)
    {
        for (var start = time.GetTimestamp(); Processes(group) is { Count: > 0 } processes; await Task.Delay(Pause, time))
        {
            if (time.GetElapsedTime(start) > Patience)
            {
                throw new FaultException(
                    FaultCode.Unavailable,
                    $"Process {processes.First()} in the control group {group} does not end",
                    "It hangs in the kernel: look at its disk or network.");
            }

            Kill(group, processes);
        }
    }

    /// <summary>Removes the group, which is empty, and the one above it when it was the last. No such group: nothing to do.</summary>
    public async ValueTask RemoveAsync(string group)
    {
        foreach (var folder in hierarchies.Select(mount => mount.Target + group))
        {
            // The last process is still on its way out when the kernel does not list it any more.
            for (var start = time.GetTimestamp(); !TryRemove(folder); await Task.Delay(Pause, time))
            {
                if (time.GetElapsedTime(start) > Patience)
                {
                    throw new FaultException(
                        FaultCode.Unavailable, $"The control group {folder} cannot be removed", "Look at what is in it.");
                }
            }
        }

        RemoveEmpty(Path.GetDirectoryName(group)!);
    }

    /// <summary>The groups below this one.</summary>
    public IReadOnlyList<string> Below(string group) =>
    [
        .. hierarchies.Select(mount => mount.Target + group).Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories)
            .Select(folder => $"{group}/{Path.GetFileName(folder)}").Distinct(),
    ];

    private void RemoveEmpty(string group)
    {
        lock (gate)
        {
            foreach (var folder in hierarchies.Select(mount => mount.Target + group).Where(_ => keepers == 0))
            {
                // Groups of containers that ended stay: they tell why. What holds a group or a process cannot be removed.
                var below = Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
                if (below is [var last] && Path.GetFileName(last) == Places.SupervisorsName)
                {
                    TryRemove(last);
                }

                TryRemove(folder);
            }
        }
    }

    private void Kill(string group, IReadOnlySet<int> processes)
    {
        if (Files(group, "cgroup.kill").FirstOrDefault() is { } all)
        {
            File.WriteAllText(all, "1");
            return;
        }

        // Before Linux 5.14: what is frozen starts nothing new, and no id of it comes to mean somebody else.
        var freezer = Files(group, "freezer.state").FirstOrDefault();
        Freeze(freezer, "FROZEN");
        try
        {
            foreach (var process in freezer is null ? processes : Processes(group))
            {
                _ = Libc.Kill(process, KillAtOnce);
            }
        }
        finally
        {
            Freeze(freezer, "THAWED");
        }
    }

    private static void Freeze(string? freezer, string state)
    {
        if (freezer is not null)
        {
            File.WriteAllText(freezer, state);
        }
    }

    // Only where there is such a file: which, says the version.
    private void Write(string group, string name, string text)
    {
        foreach (var file in Files(group, name))
        {
            File.WriteAllText(file, text);
        }
    }

    private IEnumerable<string> Files(string group, string name) =>
        hierarchies.Select(mount => Path.Combine(mount.Target + group, name)).Where(File.Exists);

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return []; // It was removed while we looked.
        }
    }

    private static bool TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: false);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

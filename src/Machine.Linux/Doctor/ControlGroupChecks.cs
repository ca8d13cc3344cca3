using System.Globalization;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Storage;

namespace Provision.Machine.Linux.Doctor;

/// <summary>What containers are limited by. Groups are made, limited and removed.</summary>
internal sealed class ControlGroupChecks(Surroundings here)
{
    private static readonly Ability[] Containers = [Ability.Containers];
    private static readonly Lock Gate = new(); // One group of ours at a time in a hierarchy.

    public IReadOnlyList<Check> All =>
    [
        Check.Of("cgroup-version", "Containers are limited by control groups of version 1 or 2.", LookAtVersion)
            with { Affects = Containers },
        Of(
            "memory",
            "A container has the memory that it was ordered with, and no more.",
            ("memory.limit_in_bytes", "memory.max", "67108864")),
        Of("cpu", "A container has the share of the processors that it was ordered with.", ("cpu.cfs_quota_us", "cpu.max", "50000")),
        Of("pids", "No container can use up the processes of the machine.", ("pids.max", "pids.max", "64")),
        Check.Of("cgroup-kill", "All of a container is ended at once.", LookAtKill) with { NeedsRoot = true },
        Check.Of("cgroup-swap", "What a container has in swap counts as its memory.", LookAtSwap),
    ];

    private IReadOnlyList<Mount> Hierarchies => [.. Mounts.List(here.Proc).Where(mount => mount.Type is "cgroup" or "cgroup2")];

    private Check Of(string controller, string meaning, (string First, string Second, string Value) limit) =>
        Check.Of($"cgroup-{controller}", meaning, () => LookAtController(controller, limit)) with
        {
            Affects = Containers,
            NeedsRoot = true,
        };

    private Finding LookAtVersion()
    {
        var types = Hierarchies.Select(mount => mount.Type).Distinct().Order(StringComparer.Ordinal).ToList();
        return types switch
        {
            [] => Finding.Failed("There are no control groups", "Mount them: mount -t cgroup2 none /sys/fs/cgroup"),
            ["cgroup2"] => Finding.Ok("version 2"),
            _ => Finding.Warning(
                types.Count == 1 ? "version 1" : "version 1, with version 2 beside it",
                "Version 1 is used: what waits in sockets is counted beside the memory, and crun may not work.",
                "Boot with systemd.unified_cgroup_hierarchy=1, where systemd runs."),
        };
    }

    private Finding LookAtController(string controller, (string First, string Second, string Value) limit)
    {
        if (new Lacks(here).Controller(controller) is { } lack)
        {
            return Finding.Failed(lack);
        }

        var first = Hierarchies.FirstOrDefault(mount => mount.Type == "cgroup" && IsOf(mount, controller));
        var hierarchy = first ?? Hierarchies.First(mount => mount.Type == "cgroup2");
        var handedOn = Surroundings.Read(Path.Combine(hierarchy.Target, "cgroup.subtree_control")) ?? "";
        if (first is null && !handedOn.Split(' ').Contains(controller))
        {
            return Finding.Warning(
                "There, and not handed on to groups yet: not tried",
                "The runtime hands it on when it makes the first container.",
                $"Hand it on: echo +{controller} > {hierarchy.Target}/cgroup.subtree_control");
        }

        return InGroup(hierarchy, group =>
        {
            var file = Path.Combine(group, first is null ? limit.Second : limit.First);
            if (!File.Exists(file))
            {
                return Finding.Failed($"A group has no {Path.GetFileName(file)}", "Run a kernel with all of its control groups.");
            }

            File.WriteAllText(file, limit.Value);
            var read = File.ReadAllText(file).Trim().Split(' ')[0];
            return read == limit.Value
                ? Finding.Ok($"{Path.GetFileName(file)} holds")
                : Finding.Failed($"{Path.GetFileName(file)} was set to {limit.Value} and is {read}", "Look at what else sets it.");
        });
    }

    private Finding LookAtKill()
    {
        var second = Hierarchies.Where(mount => mount.Type == "cgroup2").ToList();
        return second.Any(mount => InGroup(mount, group => File.Exists(Path.Combine(group, "cgroup.kill"))))
            ? Finding.Ok("cgroup.kill")
            : Finding.Warning(
                "Groups have no cgroup.kill",
                Hierarchies.Any(mount => IsOf(mount, "freezer"))
                    ? "Its processes are frozen and then killed one by one."
                    : "Its processes are killed one by one until none is left.",
                "Run Linux 5.14 or later, with control groups of version 2.");
    }

    private Finding LookAtSwap()
    {
        var swaps = (here.ReadProc("swaps") ?? "").Split('\n').Length > 1;
        return new ControlGroups(TimeProvider.System, here.Proc).CountSwap ? Finding.Ok("counted")
            : swaps ? Finding.Warning(
                "Swap is not counted", "Containers may have more in swap than they were ordered with.", "Boot with swapaccount=1.")
            : Finding.Ok("not counted, on a machine without swap");
    }

    private static bool IsOf(Mount mount, string controller) =>
        mount.Type == "cgroup" && Path.GetFileName(mount.Target).Split(',').Contains(controller);

    private static T InGroup<T>(Mount hierarchy, Func<string, T> look)
    {
        var group = Path.Combine(hierarchy.Target, TrialFolder.Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        lock (Gate)
        {
            Directory.CreateDirectory(group);
            try
            {
                return look(group);
            }
            finally
            {
                Directory.Delete(group, recursive: false);
            }
        }
    }
}

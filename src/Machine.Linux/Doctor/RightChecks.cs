using System.Globalization;
using Provision.Machine.Linux.Containers;

namespace Provision.Machine.Linux.Doctor;

/// <summary>What the daemon is allowed to do.</summary>
internal sealed class RightChecks(Surroundings here)
{
    private const long OpenFilesMin = 4096;
    private const long ProcessesMin = 8192;
    private const int OwnLimits = 24; // CAP_SYS_RESOURCE, capability.h

    // capability.h
    private static readonly (int Number, string Name)[] Needed =
    [
        (0, "CAP_CHOWN"), (1, "CAP_DAC_OVERRIDE"), (3, "CAP_FOWNER"), (5, "CAP_KILL"), (6, "CAP_SETGID"), (7, "CAP_SETUID"),
        (12, "CAP_NET_ADMIN"), (21, "CAP_SYS_ADMIN"),
    ];

    private static readonly Ability[] Everything = [.. Enum.GetValues<Ability>()];

    public IReadOnlyList<Check> All =>
    [
        Check.Of("root", "The daemon mounts, makes namespaces and ends programs of others: it has to be root.", LookForRoot)
            with { Affects = Everything },
        Check.Of("capabilities", "Root may have been left without some of its rights.", LookAtCapabilities) with { Affects = Everything },
        Check.Of("open-files", "How many files the daemon and each container may have open at most.", LookAtOpenFiles),
        Check.Of(
            "process-numbers",
            "All containers together may have half of the processes that the machine has numbers for.",
            LookAtProcessNumbers),
    ];

    private Finding LookForRoot() => StatusOf("Uid") is [_, var effective, ..] && effective == "0"
        ? Finding.Ok("root")
        : Finding.Failed("Not root: what only root can look at was not looked at", "Run it as root.");

    private Finding LookAtCapabilities()
    {
        var sets = StatusOf("CapEff") is [var text] ? ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : 0;
        var missing = Needed.Where(one => !Has(one.Number)).Select(one => one.Name).ToList();
        return missing.Count > 0
            ? Finding.Failed($"Missing: {string.Join(", ", missing)}", "Start it as root of the machine, not of a container without them.")
            : !Has(OwnLimits)
                ? Finding.Warning(
                    "Missing: CAP_SYS_RESOURCE",
                    "Containers get no more open files than the daemon has.",
                    "Give it that capability, or raise the limit before it starts: ulimit -Hn 65536")
                : Finding.Ok("all that are needed");

        bool Has(int number) => (sets >> number & 1) == 1;
    }

    private Finding LookAtOpenFiles()
    {
        var limit = MachineLimits.ReadOpenFiles(here.Proc);
        return limit < OpenFilesMin
            ? Finding.Warning(
                $"{limit} at most", "Containers get as few.", $"Raise the hard limit to {OpenFilesMin} at least (LimitNOFILE of its unit).")
            : Finding.Ok(limit == long.MaxValue ? "no limit" : $"{limit} at most");
    }

    private Finding LookAtProcessNumbers()
    {
        var most = new[] { "sys/kernel/pid_max", "sys/kernel/threads-max" }
            .Min(file => long.Parse(here.ReadProc(file) ?? "0", CultureInfo.InvariantCulture));
        return most < ProcessesMin
            ? Finding.Warning($"{most} at most", $"Containers get {most / 2} together.", "Raise it: sysctl -w kernel.pid_max=4194304")
            : Finding.Ok($"{most} at most");
    }

    // status of proc(5)
    private string[] StatusOf(string field) =>
        (here.ReadProc("self/status") ?? "").Split('\n').Where(line => line.StartsWith(field + ":", StringComparison.Ordinal))
            .Select(line => line[(field.Length + 1)..].Split('\t', StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault() ?? [];
}

using System.Globalization;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Processes;

namespace Provision.Machine.Linux.Doctor;

/// <summary>What containers are started with.</summary>
internal sealed class ContainerChecks(Surroundings here)
{
    private const string InstallRunc = "Install it: apt-get install runc";
    private static readonly Ability[] Containers = [Ability.Containers];
    private readonly Commands commands = new(TimeProvider.System, here.ProgramFolders);
    private readonly Lock gate = new();
    private readonly Dictionary<string, Task<string?>> trials = [];

    public IReadOnlyList<Check> All =>
    [
        Of("conmon", "Each container has a supervisor that outlives the daemon.", new(Programs.Conmon, new Version(2, 1, 6))),
        Of("runc", "The runtime that makes containers on every machine.", new(Programs.Runc, new Version(1, 1, 5))
        {
            Fallback = Commands.IsInstalled(Programs.Crun, here.ProgramFolders) ? "crun makes containers, where it works." : null,
        }),
        new Check("crun", "The runtime that makes containers in half the time, where it works.", LookAtCrunAsync) { NeedsRoot = true },
        new Check("container-runtime", "A container is made, limited, runs a program, and goes.", LookAtRuntimeAsync)
        {
            Affects = Containers,
            NeedsRoot = true,
        },
        Check.Of("id-ranges", "The user and group ids of containers are nobody's on the machine.", LookAtIds),
    ];

    private Check Of(string name, string meaning, ProgramCheck check) =>
        new(name, meaning, ct => check.LookAsync(here, ct)) { Affects = Containers };

    private async ValueTask<Finding> LookAtCrunAsync(CancellationToken ct)
    {
        const string fallback = "runc makes containers.";
        var found = await new ProgramCheck(Programs.Crun, new Version(1, 8)) { Fallback = fallback }.LookAsync(here, ct);
        return found.Result != CheckResult.Ok ? found
            : await TryAsync(Programs.Crun, ct) is { } fault
                ? Finding.Warning($"{found.Found} does not work here: {fault}", fallback, "Boot with control groups of version 2 alone.")
                : found;
    }

    private async ValueTask<Finding> LookAtRuntimeAsync(CancellationToken ct)
    {
        var runtimes = new[] { Programs.Crun, Programs.Runc }.Where(one => Commands.IsInstalled(one, here.ProgramFolders)).ToList();
        string? last = null;
        foreach (var runtime in runtimes)
        {
            last = await TryAsync(runtime, ct);
            if (last is null)
            {
                return Finding.Ok($"{runtime} made one");
            }
        }

        return last is null
            ? Finding.Failed("There is no runtime", InstallRunc)
            : Finding.Failed(last, runtimes.Contains(Programs.Runc) ? "Mend what the checks before this one found." : InstallRunc);
    }

    // Once for all checks: who asks first may give it up for all.
    private Task<string?> TryAsync(string runtime, CancellationToken ct)
    {
        lock (gate)
        {
            return trials.TryGetValue(runtime, out var trial) ? trial : trials[runtime] = MakeAsync(runtime, ct);
        }
    }

    // Where the first process of the container, which is nobody on the machine, can reach it.
    private async Task<string?> MakeAsync(string runtime, CancellationToken ct)
    {
        using var trial = new TrialFolder("/run");
        var name = $"{TrialFolder.Prefix}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{runtime}";
        return (await new RuntimeProbe(trial.Of("probe"), $"{name}-{Path.GetFileName(trial.Path)}", commands).TryAsync(runtime, ct))?.What;
    }

    private Finding LookAtIds()
    {
        const string passwords = "passwd";
        var first = (long)IdRanges.FirstOf(0);
        var end = first + ((long)IdRanges.Slots * IdRanges.Size);
        var taken = new[] { passwords, "group" }.SelectMany(file => Read(file, 2, null))
            .Concat(new[] { "subuid", "subgid" }.SelectMany(file => Read(file, 1, 2)))
            .Where(range => range.First < end && range.First + range.Count > first)
            .Select(range => $"{range.Name} in {range.File}").ToList();
        return taken.Count == 0
            ? Finding.Ok($"{first} to {end - 1}")
            : Finding.Failed(
                $"Ids from {first} to {end - 1} belong to somebody: {string.Join(", ", taken)}",
                "Give these other ids: what they own, some container may come to own.");
    }

    // passwd(5), group(5), subuid(5): a name, and somewhere behind it the first id; perhaps how many.
    private IEnumerable<(string Name, string File, long First, long Count)> Read(string file, int first, int? count)
    {
        var lines = (Surroundings.Read(Path.Combine(here.Etc, file)) ?? "").Split('\n').Select(line => line.Split(':'));
        foreach (var fields in lines.Where(fields => fields.Length > Math.Max(first, count ?? 0)))
        {
            if (long.TryParse(fields[first], CultureInfo.InvariantCulture, out var id))
            {
                var many = count is { } at && long.TryParse(fields[at], CultureInfo.InvariantCulture, out var said) ? said : 1;
                yield return (fields[0], file, id, many);
            }
        }
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Doctor;

/// <summary>What the kernel can do.</summary>
internal sealed partial class KernelChecks(Surroundings here)
{
    private const long NamespacesMin = 1024;
    private const nuint NoExtras = 0x2 | 0x4 | 0x8; // MS_NOSUID, MS_NODEV, MS_NOEXEC
    private static readonly Version KernelMin = new(5, 15);
    private static readonly TimeSpan ClockErrorMax = TimeSpan.FromSeconds(1);
    private static readonly Ability[] Containers = [Ability.Containers];

    public IReadOnlyList<Check> All =>
    [
        Check.Of("kernel-version", "The oldest Linux that can do everything is 5.15.", LookAtVersion),
        .. OfTime,
        Root("user-namespaces", "Root of a container is nobody on the machine.", LookAtUserNamespaces),
        Check.Of("user-namespace-limit", "Each start of a container makes a user namespace.", () => LookAtLimit("user"))
            with { Affects = Containers },
        Check.Of("network-namespace-limit", "Each private network and each member of one has a namespace.", () => LookAtLimit("net"))
            with { Affects = [Ability.Networks] },
        Root("process-handles", "A process is ended by a handle, never by a number that may be somebody else's by then.", LookAtHandles),
        Check.Of("seccomp", "Containers cannot make system calls that only harm others.", LookAtFilters) with { Affects = Containers },
        new Check("mount-calls", "Roots and volumes are put into containers as mounts that have no place before.", LookAtMountsAsync)
        {
            Affects = Containers,
            NeedsRoot = true,
        },
        new Check("memory-without-swap", "Secrets of containers that start lie in memory and are not to reach a disk.", LookAtMemoryAsync)
        {
            NeedsRoot = true,
        },
    ];

    /// <summary>What a machine in memory has of this one: its time.</summary>
    public IReadOnlyList<Check> OfTime =>
    [
        Check.Of(
            "boot-id", "Leases are counted from boot: without its name a reboot cannot be told from a clock that was set.", LookAtBoot),
        Check.Of(
            "clock-synchronised",
            "Leases end by this clock after a reboot, and an explorer takes no request that is signed at the wrong time.",
            LookAtClock),
    ];

    private static Check Root(string name, string meaning, Func<Finding> look) =>
        Check.Of(name, meaning, look) with { Affects = Containers, NeedsRoot = true };

    private Finding LookAtVersion()
    {
        var text = here.ReadProc("sys/kernel/osrelease") ?? "";
        return !Version.TryParse(Numbers().Match(text).Value, out var version)
            ? Finding.Warning($"\"{text}\", which says nothing", "What it can do is tried.", "Run a kernel of a distribution.")
            : version < KernelMin
                ? Finding.Warning($"Linux {version}", "What it can do is tried.", $"Run Linux {KernelMin} or later.")
                : Finding.Ok($"Linux {version}");
    }

    private Finding LookAtBoot() => Guid.TryParse(here.ReadProc("sys/kernel/random/boot_id"), out var boot)
        ? Finding.Ok(boot.ToString())
        : Finding.Failed("The boot has no name", $"Mount proc(5) whole at {here.Proc}.");

    private static Finding LookAtClock() => KernelQuestions.ClockError() switch
    {
        null => Finding.Warning(
            "Nobody says that the clock is right",
            "The time of the explorer is compared, and leases are held when the clock jumps.",
            "Have it kept right: apt-get install chrony"),
        var error when error > ClockErrorMax => Finding.Warning(
            $"The clock may be {error.Value.TotalSeconds:0.#} s off",
            "The time of the explorer is compared, and leases are held when the clock jumps.",
            "Look at what keeps it right: chronyc tracking"),
        var error => Finding.Ok($"at most {error.Value.TotalMilliseconds:0} ms off"),
    };

    private static Finding LookAtUserNamespaces()
    {
        using var made = UserNamespaces.Make(IdRanges.FirstOf(IdRanges.Slots - 1), IdRanges.Size);
        return Finding.Ok($"one of {IdRanges.Size} ids was made");
    }

    private Finding LookAtLimit(string kind)
    {
        var name = $"user.max_{kind}_namespaces";
        if (!File.Exists(Path.Combine(here.Proc, "self/ns", kind)))
        {
            return Finding.Failed($"The kernel has no namespaces of kind {kind}", "Run a kernel that has them (namespaces(7)).");
        }

        var limit = long.TryParse(here.ReadProc($"sys/user/max_{kind}_namespaces"), CultureInfo.InvariantCulture, out var most)
            ? most
            : long.MaxValue;
        return limit == 0 ? Finding.Failed($"{name} is 0: none may be made", $"Allow some: sysctl -w {name}=65536")
            : limit < NamespacesMin ? Finding.Warning($"{name} is {limit}", "No more than that run at a time.", $"sysctl -w {name}=65536")
            : Finding.Ok(limit == long.MaxValue ? "no limit" : $"{limit} at most");
    }

    private static Finding LookAtHandles()
    {
        const int nothing = 0; // A signal that is not sent (kill(2)).
        using var own = SystemCalls.OpenProcess(Environment.ProcessId);
        return own.IsInvalid || SystemCalls.Signal(own, nothing) is not null
            ? throw Errno.Last.Unavailable("A process cannot be held (pidfd_open)", "Run Linux 5.3 or later.")
            : Finding.Ok("pidfd_open, pidfd_send_signal");
    }

    private static Finding LookAtFilters() => KernelQuestions.CanFilter() is { } error
        ? throw error.Unavailable("System calls cannot be filtered", "Run a kernel with CONFIG_SECCOMP_FILTER.")
        : Finding.Ok("filters may have calls fail");

    private static async ValueTask<Finding> LookAtMountsAsync(CancellationToken ct)
    {
        using var trial = new TrialFolder();
        return await PrivateMounts.RunAsync(() =>
        {
            using var from = Libc.OpenFolder("/");
            using var to = Libc.OpenFolder(trial.Path);
            using var mount = SystemCalls.CloneMount(from);
            var error = mount.IsInvalid ? Errno.Last : SystemCalls.PlaceMount(mount, to);
            return error is null
                ? Finding.Ok("open_tree, move_mount")
                : throw error.Value.Unavailable("A folder cannot be mounted elsewhere", "Run Linux 5.2 or later.");
        });
    }

    private async ValueTask<Finding> LookAtMemoryAsync(CancellationToken ct)
    {
        using var trial = new TrialFolder();
        var error = await PrivateMounts.RunAsync(() =>
            Libc.Mount("trial", trial.Path, "tmpfs", NoExtras, "mode=0700,size=1m,noswap") == 0 ? (Errno?)null : Errno.Last);
        var swaps = (here.ReadProc("swaps") ?? "").Split('\n').Length > 1;
        return error is null ? Finding.Ok("tmpfs with noswap")
            : !swaps ? Finding.Ok("tmpfs without noswap, on a machine without swap")
            : Finding.Warning(
                $"tmpfs takes no noswap: {error}", "It is mounted without: secrets may be swapped.", "Run Linux 6.4, or encrypt the swap.");
    }

    [GeneratedRegex("^[0-9]+[.][0-9]+([.][0-9]+)?")]
    private static partial Regex Numbers();
}

using System.Globalization;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Networks.Netlink;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Storage;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Doctor;

/// <summary>
/// What a machine plainly lacks: found by a look at files and a few questions to the kernel, because a daemon must not be slow to start.
/// Whether what is there works too, <see cref="MachineChecks"/> find out.
/// </summary>
internal sealed class Lacks(Surroundings here)
{
    private const int NoSuchCall = 38; // ENOSYS, errno(3)

    /// <summary>What the machine that these options describe cannot do.</summary>
    public Dictionary<Ability, Fault> Find(IReadOnlyList<PoolOptions> pools)
    {
        var lacking = new Dictionary<Ability, Fault>();
        if (OfPools(pools) is { } storage)
        {
            (lacking[Ability.Volumes], lacking[Ability.Images]) = (storage, storage);
        }

        if ((Program(Programs.Nft) ?? Folder("net") ?? Limit("max_net_namespaces") ?? PacketFilter()) is { } networks)
        {
            lacking[Ability.Networks] = networks;
        }

        if (FindOfContainers() is { } containers)
        {
            lacking[Ability.Containers] = containers;
        }

        return lacking;
    }

    /// <summary>True when there is but one runtime, and it is the one that does not work everywhere: it has to be tried.</summary>
    public bool HasDoubtfulRuntime =>
        !Commands.IsInstalled(Programs.Runc, here.ProgramFolders) && Commands.IsInstalled(Programs.Crun, here.ProgramFolders);

    /// <summary>What opening these pools takes, and is not there; null: nothing.</summary>
    public Fault? OfPools(IReadOnlyList<PoolOptions> pools) =>
        (pools.Any(pool => pool.LoopFile is not null) ? OfLoops() : null)
        ?? (pools.Any(PoolFormat.IsToCome) ? Program(Programs.MakeBtrfs) : null)
        ?? (pools.Count > 0 ? FileSystem("btrfs") : null);

    /// <summary>What attaching a file to a block device takes, and is not there; null: nothing.</summary>
    public Fault? OfLoops()
    {
        if (Program(Programs.LoopSetup) is { } lack)
        {
            return lack;
        }

        try
        {
            Libc.OpenUnlocked(Path.Combine(here.Dev, "loop-control")).Dispose(); // The kernel loads what makes them.
            return null;
        }
        catch (IOException e)
        {
            return Missing($"The kernel makes no loop devices: {e.Message}", "Load its module, modprobe loop, or give the pool devices.");
        }
    }

    /// <summary>A program that is not installed; null: it is.</summary>
    public Fault? Program(string program) => Commands.IsInstalled(program, here.ProgramFolders)
        ? null
        : Missing($"{program} is not installed", $"Install it: apt-get install {Programs.PackageOf(program)}");

    /// <summary>A file system that the kernel does not have; null: it does.</summary>
    public static Fault? FileSystem(string type)
    {
        using var made = SystemCalls.OpenFileSystem(type);
        return made.IsInvalid && Errno.Last == Errno.NoDevice
            ? Missing($"The kernel has no file system {type}", $"Load its module: modprobe {type}; or run a kernel that has it.")
            : null;
    }

    /// <summary>A controller of control groups that the machine does not have; null: it does.</summary>
    public Fault? Controller(string controller) => ControlGroups.HasController(here.Proc, controller)
        ? null
        : Missing(
            $"There is no control group controller for {controller}",
            $"Mount control groups, and boot without cgroup_disable={controller}.");

    /// <summary>Mounts that show other owners than the disk has, which the kernel does not know; null: it does.</summary>
    public static Fault? OwnerMaps()
    {
        using var none = new Microsoft.Win32.SafeHandles.SafeFileHandle(-1, ownsHandle: false);
        return SystemCalls.MapOwners(none, none) is { Number: NoSuchCall }
            ? Missing("The kernel cannot map the owners of files in a mount (mount_setattr)", "Run Linux 5.15 or later.")
            : null;
    }

    private Fault? FindOfContainers() =>
        Program(Programs.Conmon)
        ?? (HasDoubtfulRuntime ? null : Program(Programs.Runc))
        ?? Folder("user") ?? Limit("max_user_namespaces")
        ?? Controller("memory") ?? Controller("cpu") ?? Controller("pids")
        ?? OwnerMaps()
        ?? (here.ReadProc("sys/kernel/seccomp/actions_avail") is null
            ? Missing("The kernel cannot filter system calls (seccomp)", "Run a kernel with CONFIG_SECCOMP_FILTER.")
            : null);

    private Fault? Folder(string space) => File.Exists(Path.Combine(here.Proc, "self/ns", space))
        ? null
        : Missing($"The kernel has no namespaces of kind {space}", "Run a kernel that has them (namespaces(7)).");

    private Fault? Limit(string limit) =>
        long.TryParse(here.ReadProc($"sys/user/{limit}"), NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most == 0
            ? Missing($"The machine allows no namespaces: user.{limit} is 0", $"Allow some: sysctl -w user.{limit}=65536")
            : null;

    private static Fault? PacketFilter()
    {
        try
        {
            using var socket = new NetlinkSocket(NetlinkSocket.Filtering);
            socket.ReadGeneration();
            return null;
        }
        catch (FaultException e)
        {
            return new Fault(
                FaultCode.Unavailable, "The kernel has no packet filter nf_tables", "Load its module: modprobe nf_tables", e.Fault);
        }
    }

    private static Fault Missing(string what, string remedy) => new(FaultCode.Unavailable, what, remedy);
}

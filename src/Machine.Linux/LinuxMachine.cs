using Provision.Machine.Clock;
using Provision.Machine.Containers;
using Provision.Machine.Disk;
using Provision.Machine.Images;
using Provision.Machine.Keys;
using Provision.Machine.Linux.Clock;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Disk;
using Provision.Machine.Linux.Doctor;
using Provision.Machine.Linux.Images;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Networks;
using Provision.Machine.Processes;
using Provision.Machine.Storage;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Machine.Linux;

/// <summary>
/// This machine. Below its root: <c>journal</c> (the disk), <c>run</c> (programs), <c>pools</c> (mounts), <c>downloads</c> (images on
/// their way), <c>containers</c>, <c>networks</c> and <c>lock</c>, which one daemon holds at a time; in memory, below
/// <c>/run/provision</c>, what a reboot ends. Closing it lets go and takes nothing away: volumes, networks, programs and containers
/// outlive the daemon.
/// </summary>
public sealed class LinuxMachine : IMachine, IDisposable
{
    private readonly FileStream @lock;
    private readonly LinuxDisk disk;
    private readonly LinuxProcesses processes;
    private readonly LinuxContainers containers;
    private readonly LinuxNetworks networks;

    private LinuxMachine(
        FileStream @lock,
        LinuxDisk disk,
        LinuxProcesses processes,
        LinuxNetworks networks,
        LinuxContainers containers,
        IMachineClock clock,
        KeyPair key)
    {
        (this.@lock, this.disk, this.processes, this.networks, this.containers) = (@lock, disk, processes, networks, containers);
        (Clock, Keys) = (clock, new NodeKeys(key));
    }

    /// <inheritdoc/>
    public IDisk Disk => disk;

    /// <inheritdoc/>
    public required IStorage Storage { get; init; }

    /// <inheritdoc/>
    public required IImages Images { get; init; }

    /// <inheritdoc/>
    public INetworks Networks => networks;

    /// <inheritdoc/>
    public IContainers Containers => containers;

    /// <inheritdoc/>
    public IKeys Keys { get; }

    /// <inheritdoc/>
    public MachineSize Size { get; } = LinuxSize.Read();

    /// <inheritdoc/>
    public IProcesses Processes => processes;

    /// <inheritdoc/>
    public IMachineClock Clock { get; }

    /// <inheritdoc/>
    public required IReadOnlyDictionary<Ability, Fault> Lacking { get; init; }

    /// <summary>
    /// Takes the machine in hand for the node of this key, whatever it lacks (<see cref="Lacking"/>). Needs root. Killed at any moment, it
    /// can be called again.
    /// </summary>
    /// <exception cref="FaultException">
    /// <c>Conflict</c>: another daemon has this root. Others: see <see cref="LinuxStorage.OpenAsync"/>.
    /// </exception>
    public static ValueTask<LinuxMachine> OpenAsync(LinuxMachineOptions options, KeyPair key, CancellationToken ct) =>
        OpenAsync(options, key, new Surroundings(), ct);

    /// <summary>The same, where these tell what there is.</summary>
    internal static async ValueTask<LinuxMachine> OpenAsync(
        LinuxMachineOptions options, KeyPair key, Surroundings here, CancellationToken ct)
    {
        CheckRoot();
        var @lock = Lock(options.Root);
        LinuxMachine? machine = null;
        try
        {
            var clock = new LinuxClock();
            var lacking = await FindLacksAsync(options, here, clock, ct);
            var storage = lacking.TryGetValue(Ability.Volumes, out var lack)
                ? LinuxStorage.OpenClosed(options.Pools, lack)
                : await LinuxStorage.OpenAsync(options.Root, options.Pools, ct);
            var images = await LinuxImages.OpenAsync(storage, options, clock.Time, ct);
            var networks = NetworksOf(options, clock);
            machine = new LinuxMachine(
                @lock,
                new LinuxDisk(JournalOf(options)),
                new LinuxProcesses(RunOf(options), clock.BootId, clock.Time),
                networks,
                await LinuxContainers.OpenAsync(options.Root, storage.OpenVolume, clock.Time, networks),
                clock,
                key)
            {
                Storage = storage,
                Images = images,
                Lacking = lacking,
            };
            return machine;
        }
        finally
        {
            if (machine is null)
            {
                await @lock.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// Takes away all that was made for this root, the journal included: ends its containers and programs, and removes its networks and
    /// its pools with all they hold. Killed at any moment, it can be called again.
    /// </summary>
    /// <exception cref="FaultException">
    /// <c>Conflict</c>: a daemon still has this root. <c>Unavailable</c>: something still uses a pool.
    /// </exception>
    public static async ValueTask RemoveAsync(LinuxMachineOptions options, TimeSpan grace, CancellationToken ct)
    {
        CheckRoot();
        using (Lock(options.Root))
        {
            var clock = new LinuxClock();
            using (var containers = await LinuxContainers.OpenAsync(options.Root, _ => null, clock.Time))
            {
                await containers.RemoveAllAsync(grace, ct);
            }

            using (var networks = NetworksOf(options, clock))
            {
                await networks.RemoveAllAsync();
            }

            using (var processes = new LinuxProcesses(RunOf(options), clock.BootId, clock.Time))
            {
                await processes.RemoveAllAsync(grace, ct);
            }

            await LinuxStorage.RemoveAsync(options.Root, options.Pools, ct);
            LinuxImages.Remove(options);
            Directory.Delete(RunOf(options), recursive: true);
            if (Directory.Exists(JournalOf(options)))
            {
                Directory.Delete(JournalOf(options), recursive: true);
            }

            File.Delete(LockOf(options.Root));
        }

        if (!Directory.EnumerateFileSystemEntries(options.Root).Any())
        {
            Directory.Delete(options.Root);
        }
    }

    /// <summary>Lets go of the machine.</summary>
    public void Dispose()
    {
        disk.Dispose();
        processes.Dispose();
        containers.Dispose();
        networks.Dispose();
        @lock.Dispose();
    }

    private static async ValueTask<IReadOnlyDictionary<Ability, Fault>> FindLacksAsync(
        LinuxMachineOptions options, Surroundings here, LinuxClock clock, CancellationToken ct)
    {
        var lacks = new Lacks(here);
        var lacking = lacks.Find(options.Pools);
        if (lacks.HasDoubtfulRuntime && !lacking.ContainsKey(Ability.Containers))
        {
            var probe = new RuntimeProbe(new Places(Folders.Ensure(options.Root)), new Commands(clock.Time, here.ProgramFolders));
            if (await probe.TryAsync(Programs.Crun, ct) is { } fault)
            {
                lacking[Ability.Containers] = new Fault(
                    FaultCode.Unavailable,
                    $"{Programs.Crun} does not work here, and {Programs.Runc} is not installed",
                    $"Install it: apt-get install {Programs.PackageOf(Programs.Runc)}",
                    fault);
            }
        }

        return lacking;
    }

    private static LinuxNetworks NetworksOf(LinuxMachineOptions options, LinuxClock clock) =>
        new(options.Root, options.AllowedDestinations, options.Resolvers, clock.Time);

    private static string JournalOf(LinuxMachineOptions options) => Path.Combine(options.Root, "journal");

    private static string RunOf(LinuxMachineOptions options) => Path.Combine(options.Root, "run");

    private static string LockOf(string root) => Path.Combine(root, "lock");

    /// <summary>The kernel lets go of it when the daemon dies, however it dies (flock(2)).</summary>
    private static FileStream Lock(string root)
    {
        Folders.Ensure(root);
        try
        {
            return new FileStream(LockOf(root), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(LockOf(root)))
        {
            throw new FaultException(
                new Fault(FaultCode.Conflict, $"Another daemon uses {root}", "Stop it, or give this one a root of its own."), e);
        }
    }

    private static void CheckRoot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new FaultException(FaultCode.Denied, "The machine can be used by root only", "Run it as root, or with --simulated.");
        }
    }
}

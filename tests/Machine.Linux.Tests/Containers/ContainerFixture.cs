using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Provision.Machine.Conformance.Containers;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Conformance.Networks;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Tests.Networks;
using Provision.Machine.Linux.Tests.Storage;
using Provision.Machine.Networks;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Machine.Linux.Tests.Containers;

/// <summary>
/// A pool with images of busybox for a class of tests, and the containers of one instance beside it. What it knows of their inside is
/// what an operator sees: mounts, control groups, processes.
/// </summary>
public sealed class ContainerFixture() : LoopPool(1L << 30), ITestMachine
{
    private readonly HashSet<Digest> images = [];

    /// <summary>Opened anew by each test: what a test does to its instance is over with it.</summary>
    public LinuxContainers? Containers { get; private set; }

    /// <summary>The networks of the same instance.</summary>
    public LinuxNetworks? Networks { get; private set; }

    /// <summary>Where networks may go although it is not the internet, from the next opening on.</summary>
    public IReadOnlyList<IPNetwork> AllowedDestinations { get; set; } = [];

    /// <summary>Who networks ask for names, from the next opening on.</summary>
    public IReadOnlyList<IPAddress> Resolvers { get; set; } = [IPAddress.Parse("192.0.2.53")];

    /// <summary>The file system in memory of the instance; null when none is mounted.</summary>
    public string? Volatile => Mounted("tmpfs").SingleOrDefault();

    /// <summary>The folders of the control groups of the instance, in every hierarchy.</summary>
    public IReadOnlyList<string> Groups => Volatile is null && tag is null ? [] :
    [
        .. File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(" - cgroup", StringComparison.Ordinal))
            .Select(line => Path.Combine(line.Split(' ')[4], $"provision-{tag ??= Path.GetFileName(Volatile)}")).Where(Directory.Exists),
    ];

    private string? tag;

    IContainers ITestMachine.Containers => Containers!;

    INetworks ITestMachine.Networks => Networks!;

    IStorage ITestMachine.Storage => Storage!;

    string ITestMachine.PoolName => PoolName;

    ValueTask<Digest> ITestMachine.PutImageAsync(TestImage image) => ValueTask.FromResult(PutImage(image));

    ValueTask ITestMachine.KillSupervisorAsync(Digest owner)
    {
        Kill(SupervisorOf(owner));
        return ValueTask.CompletedTask;
    }

    ValueTask ITestMachine.DamageAsync(Damage damage, MemberOrder member)
    {
        MachineDamage.Do(damage, new NetworkPlaces(Root), member);
        return ValueTask.CompletedTask;
    }

    /// <summary>There is no daemon any more. What ran runs on.</summary>
    public void Close()
    {
        Containers?.Dispose();
        Networks?.Dispose();
        (Containers, Networks) = (null, null);
    }

    /// <summary>As a restarted daemon has them. What ran runs on.</summary>
    public async ValueTask ReopenAsync()
    {
        Close();
        Networks = new LinuxNetworks(Root, AllowedDestinations, Resolvers, TimeProvider.System);
        Containers = await LinuxContainers.OpenAsync(Root, name => Storage!.OpenVolume(name), TimeProvider.System, Networks);
    }

    /// <summary>Nothing runs, nothing in memory is left, disks stay.</summary>
    public async ValueTask RebootAsync()
    {
        if (Volatile is not null)
        {
            foreach (var record in Directory.EnumerateFiles(Path.Combine(Volatile, "supervisors"), "*.json"))
            {
                Kill(SupervisorOf(record));
            }
        }

        while (Processes() is { Count: > 0 } processes)
        {
            processes.ToList().ForEach(Kill);
        }

        if (Volatile is not null)
        {
            Tool.Run("umount", "--lazy", Volatile);
        }

        NetworkTraces.Forget(Root);
        await ReopenAsync();
    }

    /// <summary>The process id of the supervisor of a container.</summary>
    public int SupervisorOf(Digest owner) => SupervisorOf(Path.Combine(Volatile!, "supervisors", owner + ".json"));

    /// <summary>The processes of a container.</summary>
    public IReadOnlySet<int> Processes(Digest owner) => Processes(owner.ToString());

    /// <summary>The processes in control groups of the instance whose names match.</summary>
    public IReadOnlySet<int> Processes(string pattern = "*") => Groups
        .SelectMany(folder => Directory.EnumerateDirectories(folder, pattern))
        .SelectMany(folder => File.ReadAllLines(Path.Combine(folder, "cgroup.procs")))
        .Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToHashSet();

    /// <summary>Returns when it is dead.</summary>
    public static void Kill(int process)
    {
        Tool.Try("kill", "-KILL", process.ToString(CultureInfo.InvariantCulture));
        while (ProcessTable.Find(process) is not null)
        {
            Thread.Yield();
        }
    }

    /// <summary>What a container said, in the words of its supervisor.</summary>
    public string LogOf(Digest owner) => Path.Combine(Root, "containers", owner.ToString(), "log");

    /// <summary>Mounts in the memory of the instance, itself not counted.</summary>
    public IReadOnlyList<string> MountsInside() => Volatile is not { } folder ? [] :
        [.. File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(folder + "/", StringComparison.Ordinal))];

    /// <summary>The slots of ids that containers of the instance have.</summary>
    public IReadOnlyList<string> Slots() =>
    [
        .. Directory.EnumerateFiles("/run/provision/ids")
            .Where(path => File.ReadAllText(path).StartsWith(Root, StringComparison.Ordinal)).Select(path => Path.GetFileName(path)),
    ];

    /// <summary>The folder of a volume or root.</summary>
    public string PathOf(VolumeName name) => Path.Combine(Root, "pools", name.Pool, "volumes", name.Owner.ToString());

    /// <summary>The size of a file in a volume or root; null when there is none.</summary>
    public ByteSize? SizeOf(VolumeName name, string file) =>
        new FileInfo(Path.Combine(PathOf(name), file)) is { Exists: true } found ? new ByteSize(found.Length) : null;

    /// <summary>Unpacks the image by hand.</summary>
    public Digest PutImage(TestImage image)
    {
        var digest = Digest.Of(Encoding.UTF8.GetBytes(image.Name));
        var folder = Path.Combine(Root, "pools", PoolName, "images", digest.ToString());
        if (!images.Add(digest))
        {
            return digest;
        }

        Tool.Run("btrfs", "subvolume", "create", folder);
        Directory.CreateDirectory(Path.Combine(folder, "bin"));
        if (image.HasBusybox)
        {
            File.Copy("/bin/busybox", Path.Combine(folder, "bin/busybox"));
            foreach (var applet in TestPrograms.Applets)
            {
                File.CreateSymbolicLink(Path.Combine(folder, "bin", applet), "busybox");
            }
        }

        foreach (var (path, file) in image.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllBytes(Path.Combine(folder, path), file.Content);
            File.SetUnixFileMode(Path.Combine(folder, path), (UnixFileMode)(file.Executable ? 0x1ed : 0x1a4));
        }

        foreach (var (path, target) in image.Links)
        {
            File.CreateSymbolicLink(Path.Combine(folder, path), target);
        }

        return digest;
    }

    public override async ValueTask DisposeAsync()
    {
        if (Containers is not null)
        {
            await Containers.RemoveAllAsync(TimeSpan.Zero, CancellationToken.None);
            await Networks!.RemoveAllAsync();
            Close();
        }

        await base.DisposeAsync();
    }

    private static int SupervisorOf(string record)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(record));
        return json.RootElement.GetProperty("id").GetInt32();
    }

    private IEnumerable<string> Mounted(string type) => File.ReadLines("/proc/self/mountinfo")
        .Where(line => line.Contains($" - {type} {Root} ", StringComparison.Ordinal)).Select(line => line.Split(' ')[4]);
}

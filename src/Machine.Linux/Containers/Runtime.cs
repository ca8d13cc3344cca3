using System.Globalization;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Processes;
using Provision.Reservations;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// What of the containers a reboot ends: makes it for one container, tells how that one is, and takes it away. One call at a time for
/// each owner.
/// </summary>
internal sealed class Runtime : IDisposable
{
    private const int TerminateSignal = 15;
    private const int KilledCode = 128 + 9;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Places places;
    private readonly ControlGroups groups;
    private readonly RootTree tree;
    private readonly IdRanges ranges;
    private readonly LinuxProcesses processes;
    private readonly Supervisors supervisors;
    private readonly MachineLimits limits;

    /// <summary>In the epoch that the file system in memory has.</summary>
    public Runtime(Places places, string epoch, ControlGroups groups, RootTree tree, string runtime, TimeProvider time)
    {
        (this.places, this.groups, this.tree, Epoch) = (places, groups, tree, epoch);
        processes = new LinuxProcesses(places.Supervisors, epoch, time);
        limits = MachineLimits.Read(groups);
        supervisors = new Supervisors(places, processes, groups, runtime, limits, time);
        ranges = new IdRanges(places);
    }

    /// <summary>What it is called until the next boot.</summary>
    public string Epoch { get; }

    /// <summary>Starts the container, of which nothing is there.</summary>
    /// <param name="order">The container.</param>
    /// <param name="start">0: for the first time; else the number of the restart.</param>
    /// <param name="member">Its place in its network; null: in none.</param>
    public async ValueTask<RunningProcess> StartAsync(ContainerOrder order, int start, Membership? member)
    {
        var owner = order.Owner;
        using var root = tree.Open(order.Root);
        var account = new Accounts(root).Find(order.User);
        if (member is not null)
        {
            NameFiles.Write(root, owner.Short, member);
        }

        Folders.Ensure(places.BundleOf(owner));
        var slot = ranges.Take(owner);
        File.WriteAllText(places.SlotOf(owner), TextOf(slot));
        using var userNamespace = UserNamespaces.Make(IdRanges.FirstOf(slot), IdRanges.Size);
        tree.Mount(slot, root, order.Mounts, userNamespace);
        var config = new RuntimeConfig(
            order,
            account,
            tree.PathOf(slot),
            IdRanges.FirstOf(slot),
            UserNamespaces.PathOf(userNamespace),
            places.GroupOf(owner),
            isMember: member is not null,
            limits);
        Write(places.ConfigOf(owner), config.Write());
        var supervisor = await supervisors.StartAsync(order, member?.Space);
        File.WriteAllText(places.StartedOf(owner), TextOf(start));
        File.Delete(places.ConfigOf(owner));
        tree.Unmount(slot);
        return supervisor;
    }

    /// <summary>Does what a daemon that died right after it had started the container did not come to.</summary>
    public void FinishStart(Digest owner)
    {
        File.Delete(places.ConfigOf(owner));
        if (ReadSlot(owner) is { } slot)
        {
            tree.Unmount(slot);
        }
    }

    /// <summary>Its supervisor; null when none runs.</summary>
    public ValueTask<RunningProcess?> FindSupervisorAsync(Digest owner) => processes.FindAsync(owner.ToString(), CancellationToken.None);

    /// <summary>True when its program was started in this epoch, as restart number <paramref name="start"/>.</summary>
    public bool WasStarted(Digest owner, int start) =>
        File.Exists(places.StartedOf(owner)) && File.ReadAllText(places.StartedOf(owner)) == TextOf(start);

    /// <summary>How the container ended whose supervisor is gone.</summary>
    public ContainerEnd ReadEnd(Digest owner)
    {
        if (ReadNumber(places.ExitOf(owner)) is not { } code)
        {
            return new ContainerEnd(EndCause.SupervisorLost, null);
        }

        var full = code == KilledCode && groups.OutOfMemoryKills(places.GroupOf(owner)) > 0;
        return new ContainerEnd(full ? EndCause.OutOfMemory : EndCause.Exited, code);
    }

    /// <summary>Sends TERM to its first process. None: nothing to do.</summary>
    public void Terminate(Digest owner)
    {
        if (ReadFirstProcess(owner) is not { } id)
        {
            return;
        }

        using var process = ProcessHandles.Open(id, () => groups.Processes(places.GroupOf(owner)).Contains(id));
        if (process is not null && SystemCalls.Signal(process, TerminateSignal) is { } error && error != Errno.NoProcess)
        {
            throw error.Unavailable($"Container {owner.Short} (process {id}) cannot be ended", "The daemon must run as root.");
        }
    }

    /// <summary>True while its first process is one that hears TERM: for another one nobody need wait.</summary>
    public bool HearsTerminate(Digest owner) => ReadFirstProcess(owner) is { } id && ProcessTable.Hears(id, TerminateSignal);

    private int? ReadFirstProcess(Digest owner) => ReadNumber(places.FirstProcessOf(owner));

    private int? ReadSlot(Digest owner) => ReadNumber(places.SlotOf(owner));

    private static int? ReadNumber(string path) =>
        File.Exists(path) && int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string TextOf(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Kills what is left, and takes away all that <see cref="StartAsync"/> made. Nothing: nothing to do.</summary>
    public async ValueTask ClearAsync(Digest owner)
    {
        var group = places.GroupOf(owner);
        await groups.KillAsync(group);
        await processes.RemoveAsync(owner.ToString(), Patience, CancellationToken.None);
        await groups.KillAsync(group); // What the supervisor was just about to make.
        await groups.RemoveAsync(group);
        if (ReadSlot(owner) is { } slot)
        {
            tree.Unmount(slot);
            ranges.Return(slot, owner);
        }

        File.Delete(places.SocketOf(owner));
        File.Delete(places.SupervisorLogOf(owner));
        foreach (var folder in new[] { places.RuntimeOf(owner), places.BundleOf(owner) }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Lets go of the containers; they run on.</summary>
    public void Dispose() => processes.Dispose();

    private static void Write(string path, ReadOnlyMemory<byte> bytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using var file = new FileStream(path, options);
        file.Write(bytes.Span);
    }
}

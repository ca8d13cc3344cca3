using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Concurrency;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// Containers made by runc under conmon. What is kept of one on the disk (<see cref="ContainerRecord"/>, its log) and what is in memory
/// (<see cref="Runtime"/>) tell everything about it, so that a new daemon needs nothing else. The memory is mounted when the first
/// container is started.
/// </summary>
public sealed class LinuxContainers : IContainers, IDisposable
{
    private const int StartsMax = 4;
    private static readonly TimeSpan PatienceAfterKill = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TerminateInterval = TimeSpan.FromMilliseconds(100);

    private readonly Places places;
    private readonly ContainerRecords records;
    private readonly ControlGroups groups;
    private readonly RootTree tree;
    private readonly TimeProvider time;
    private readonly LinuxNetworks? networks;
    private readonly Turns<Digest> turns = new();
    private readonly SemaphoreSlim starts = new(StartsMax, StartsMax);
    private readonly SemaphoreSlim making = new(1, 1);
    private readonly ProcessEnds processEnds = new();
    private readonly ConcurrentDictionary<Digest, Task> watches = new();
    private readonly Channel<Digest> ends = Channel.CreateUnbounded<Digest>();
    private Runtime? runtime;

    private LinuxContainers(
        string root, Func<VolumeName, SafeFileHandle?> openVolume, TimeProvider time, LinuxNetworks? networks)
    {
        places = new Places(Folders.Ensure(root));
        records = new ContainerRecords(places);
        groups = new ControlGroups(time);
        tree = new RootTree(places, openVolume);
        (this.time, this.networks) = (time, networks);
    }

    /// <summary>Takes the containers of this root in hand; those that run are watched from now on.</summary>
    /// <param name="root">The folder of the instance.</param>
    /// <param name="openVolume">Opens the folder of a volume, for its path alone; null when there is none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="networks">The networks of the same instance; null: containers cannot be members of any.</param>
    /// <exception cref="FaultException"><c>Invalid</c>: the path has a colon, which the supervisor takes for its own.</exception>
    public static async ValueTask<LinuxContainers> OpenAsync(
        string root, Func<VolumeName, SafeFileHandle?> openVolume, TimeProvider time, LinuxNetworks? networks = null)
    {
        if (root.Contains(':', StringComparison.Ordinal))
        {
            throw new FaultException(FaultCode.Invalid, $"The folder {root} has a colon in its name", "Choose one without.");
        }

        var containers = new LinuxContainers(root, openVolume, time, networks);
        return await Blocking.RunAsync("Containers cannot be adopted", Remedy(root), async () =>
        {
            if (VolatileFolder.FindEpoch(containers.places) is { } epoch)
            {
                containers.runtime = await containers.MakeRuntimeAsync(epoch);
            }

            foreach (var owner in containers.records.Owners())
            {
                await containers.AdoptAsync(owner);
            }

            return containers;
        });
    }

    /// <inheritdoc/>
    public async ValueTask<Container> EnsureAsync(ContainerOrder order, CancellationToken ct)
    {
        OrderCheck.Check(order);
        using var turn = await turns.TakeAsync(order.Owner, ct);
        return await RunAsync($"Container {order.Owner.Short} cannot be started", async () =>
        {
            var found = await LookAsync(order.Owner);
            if (found is { Container.Runs: true })
            {
                Watch(found);
                return found.Container;
            }

            await starts.WaitAsync(ct);
            try
            {
                return await StartAsync(order, found);
            }
            finally
            {
                starts.Release();
            }
        });
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(Digest owner, TimeSpan grace, CancellationToken ct)
    {
        using var turn = await turns.TakeAsync(owner, ct);
        await RunAsync($"Container {owner.Short} cannot be removed", async () =>
        {
            var found = await LookAsync(owner);
            Watch(found);
            if (watches.TryRemove(owner, out var ended) && found is { Container.Runs: true })
            {
                await TerminateAsync(owner, ended, grace, ct);
            }

            await ClearAsync(owner);
            records.Remove(owner);
            return true;
        });
    }

    /// <inheritdoc/>
    public ValueTask<Container?> FindAsync(Digest owner, CancellationToken ct) =>
        RunAsync($"Container {owner.Short} cannot be looked at", () => FindAsync(owner));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Container>> ListAsync(CancellationToken ct) => RunAsync("Containers cannot be listed", async () =>
    {
        var containers = new List<Container>();
        foreach (var owner in records.Owners())
        {
            if (await FindAsync(owner) is { } container)
            {
                containers.Add(container);
            }
        }

        return (IReadOnlyList<Container>)containers;
    });

    /// <inheritdoc/>
    public async ValueTask<Digest> NextEndAsync(CancellationToken ct)
    {
        while (true)
        {
            // One that was removed meanwhile ended because somebody wanted it to.
            var owner = await ends.Reader.ReadAsync(ct);
            if (Directory.Exists(places.KeptOf(owner)))
            {
                return owner;
            }
        }
    }

    // One that is only being made was not made yet.
    private async ValueTask<Container?> FindAsync(Digest owner) =>
        await LookAsync(owner) is { } state && !(state.NeverRan && turns.IsTaken(owner)) ? state.Container : null;

    private async ValueTask TerminateAsync(Digest owner, Task ended, TimeSpan grace, CancellationToken ct)
    {
        runtime!.Terminate(owner);

        // Asked again and again: what was only just started may have been the runtime still, which hears TERM.
        for (var start = time.GetTimestamp(); runtime.HearsTerminate(owner) && time.GetElapsedTime(start) < grace;)
        {
            await Task.WhenAny(ended, Task.Delay(TerminateInterval, time, ct));
            ct.ThrowIfCancellationRequested();
            if (ended.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Takes all containers away, and all that was made for any.</summary>
    public async ValueTask RemoveAllAsync(TimeSpan grace, CancellationToken ct)
    {
        await Parallel.ForEachAsync(
            records.Owners(),
            new ParallelOptions { MaxDegreeOfParallelism = StartsMax, CancellationToken = ct },
            (owner, stop) => RemoveAsync(owner, grace, stop));
        await RunAsync("Containers cannot be removed", async () =>
        {
            await SweepAsync();
            VolatileFolder.Remove(places);
            if (Directory.Exists(places.Containers))
            {
                Directory.Delete(places.Containers, recursive: true);
            }

            return true;
        });
    }

    /// <summary>Lets go of the containers; they run on.</summary>
    public void Dispose()
    {
        processEnds.Dispose();
        runtime?.Dispose();
        starts.Dispose();
        making.Dispose();
    }

    private ValueTask<T> RunAsync<T>(string what, Func<ValueTask<T>> action) => Blocking.RunAsync(what, Remedy(places.Root), action);

    private static string Remedy(string root) => $"Look at the disk that holds {root}: it may be full or broken.";

    /// <summary>How the container is, by its files and processes; null when there is none.</summary>
    private async ValueTask<ContainerState?> LookAsync(Digest owner)
    {
        if (records.Read(owner) is not { } record)
        {
            return null;
        }

        if (runtime is null || record.Epoch != runtime.Epoch)
        {
            return new ContainerState(
                new Container(owner, new ContainerEnd(EndCause.Rebooted, null), record.Restarts), record, Started: true);
        }

        if (!runtime.WasStarted(owner, record.Restarts))
        {
            var end = record.Before ?? new ContainerEnd(EndCause.SupervisorLost, null);
            return new ContainerState(new Container(owner, end, Math.Max(0, record.Restarts - 1)), record, Started: false);
        }

        if (await runtime.FindSupervisorAsync(owner) is { } supervisor)
        {
            return new ContainerState(new Container(owner, null, record.Restarts), record, Started: true) { Supervisor = supervisor };
        }

        return new ContainerState(new Container(owner, runtime.ReadEnd(owner), record.Restarts), record, Started: true);
    }

    private async ValueTask<Container> StartAsync(ContainerOrder order, ContainerState? found)
    {
        var owner = order.Owner;
        using var member = order.Network is { } network ? OpenMember(network, owner) : null;
        var made = await EnsureRuntimeAsync();
        var done = false;
        groups.Keep();
        try
        {
            var record = found?.Next(made.Epoch) ?? new ContainerRecord(made.Epoch, 0, null);
            records.Write(owner, record);
            await ClearAsync(owner);
            if (new FileInfo(places.LogOf(owner)) is { Exists: true, Length: > 0 } log)
            {
                // The supervisor counts what it writes, not what is there.
                log.MoveTo(places.LogBeforeOf(owner), overwrite: true);
            }

            var supervisor = await made.StartAsync(order, record.Restarts, member);
            var state = new ContainerState(new Container(owner, null, record.Restarts), record, Started: true) { Supervisor = supervisor };
            Watch(state);
            done = true;
            return state.Container;
        }
        finally
        {
            if (!done)
            {
                await ClearAsync(owner);
            }

            if (!done && found is null)
            {
                records.Remove(owner);
            }

            groups.Release(places.Group);
        }
    }

    private Membership OpenMember(NetworkId network, Digest owner) => networks?.Open(network, owner)
        ?? throw new FaultException(FaultCode.NotFound, "This machine has no networks", "Order a container without one.");

    private async ValueTask AdoptAsync(Digest owner)
    {
        var state = await LookAsync(owner);
        if (state is { Container.Runs: true })
        {
            runtime!.FinishStart(owner);
        }

        Watch(state);
        if (state is { Container.End.Cause: EndCause.SupervisorLost })
        {
            await TrySettleAsync(owner);
        }
    }

    /// <summary>Kills what a lost supervisor left running.</summary>
    private async Task TrySettleAsync(Digest owner)
    {
        using var turn = await turns.TakeAsync(owner, CancellationToken.None);
        try
        {
            await RunAsync($"Container {owner.Short} cannot be ended", async () =>
            {
                if (await LookAsync(owner) is { Container.End.Cause: EndCause.SupervisorLost })
                {
                    await groups.KillAsync(places.GroupOf(owner));
                }

                return true;
            });
        }
        catch (FaultException)
        {
            // Whoever starts or removes it meets the same, and says so: no other container has to wait for that.
        }
    }

    private async ValueTask ClearAsync(Digest owner)
    {
        watches.TryRemove(owner, out var ended);
        await groups.KillAsync(places.GroupOf(owner));
        if (ended is not null)
        {
            // The supervisor writes its last words and goes.
            await Task.WhenAny(ended, Task.Delay(PatienceAfterKill, time));
        }

        if (runtime is not null)
        {
            await runtime.ClearAsync(owner);
        }
    }

    /// <summary>The runtime; the first container of an epoch finds no memory mounted, and perhaps what a lost one left.</summary>
    private async ValueTask<Runtime> EnsureRuntimeAsync()
    {
        await making.WaitAsync();
        try
        {
            if (runtime is null)
            {
                await SweepAsync();
                runtime = await MakeRuntimeAsync(VolatileFolder.Make(places));
            }

            return runtime;
        }
        finally
        {
            making.Release();
        }
    }

    /// <summary>Ends and takes away what runs without anybody knowing of it any more.</summary>
    private async ValueTask<Runtime> MakeRuntimeAsync(string epoch) =>
        new(places, epoch, groups, tree, await new RuntimeProbe(places, new Commands(time)).ChooseAsync(), time);

    private async ValueTask SweepAsync()
    {
        foreach (var group in groups.Below(places.Group))
        {
            await groups.KillAsync(group);
            await groups.RemoveAsync(group);
        }

        new IdRanges(places).ReturnAll();
    }

    private void Watch(ContainerState? state)
    {
        if (state is not { Supervisor: { } supervisor, Container.Owner: var owner } || watches.ContainsKey(owner))
        {
            return;
        }

        var process = ProcessHandles.Open(supervisor);
        var ended = process is null ? Task.FromResult(true) : processEnds.WatchAsync(process);
        if (watches.TryAdd(owner, ended))
        {
            _ = TellAsync(owner, ended);
        }
    }

    /// <summary>Whoever takes the watch away first ends the container, and does not want to be told.</summary>
    private async Task TellAsync(Digest owner, Task ended)
    {
        await ended;
        if (watches.TryRemove(KeyValuePair.Create(owner, ended)))
        {
            await TrySettleAsync(owner);
            ends.Writer.TryWrite(owner);
        }
    }
}

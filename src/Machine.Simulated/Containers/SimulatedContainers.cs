using Provision.Machine.Containers;
using Provision.Machine.Simulated.Networks;
using Provision.Machine.Simulated.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Containers;

/// <summary>
/// Containers in memory: their programs are known by name (<c>SimulatedPrograms</c>) and do what they do at once, on the thread of
/// whoever gave the cause.
/// </summary>
public sealed class SimulatedContainers : IContainers
{
    private readonly Dictionary<Digest, SimulatedContainer> containers = [];
    private readonly Queue<Digest> ends = new();
    private readonly SimulatedStorage storage;
    private readonly SimulatedNetworks networks;
    private TaskCompletionSource<Digest>? waiting;
    private bool listening;

    internal SimulatedContainers(SimulatedStorage storage, SimulatedNetworks networks)
    {
        (this.storage, this.networks) = (storage, networks);
        networks.Runs = owner => containers.GetValueOrDefault(owner) is { End: null };
        storage.Changed += LookAgain;
    }

    /// <summary>Raised after each change.</summary>
    public event Action? Changed;

    /// <inheritdoc/>
    public async ValueTask<Container> EnsureAsync(ContainerOrder order, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var known = containers.GetValueOrDefault(order.Owner);
        if (known is { End: null })
        {
            return known.Show();
        }

        var view = new ContainerView(storage, order);
        view.Check();
        var network = new NetworkView(networks, order, Listens);
        network.Check();
        var container = known ?? new SimulatedContainer(order);
        container.Restarts += known is null ? 0 : 1;
        container.Order = order;
        container.End = null;
        containers[order.Owner] = container;
        var started = container.Show();
        if (order.Network is not null)
        {
            view.WriteNetworkFiles();
        }

        if (SimulatedPrograms.Start(order, view, network) is { } end)
        {
            Finish(container, end, told: true);
        }

        Changed?.Invoke();
        return started;
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(Digest owner, TimeSpan grace, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (!containers.Remove(owner, out var container))
        {
            return;
        }

        if (container.End is null && grace > TimeSpan.Zero)
        {
            SimulatedPrograms.Stop(container.Order, ViewOf(container));
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public async ValueTask<Container?> FindAsync(Digest owner, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        listening = true;
        return containers.GetValueOrDefault(owner)?.Show();
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Container>> ListAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        listening = true;
        return [.. containers.Values.Select(container => container.Show()).OrderBy(one => one.Owner.ToString(), StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async ValueTask<Digest> NextEndAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Invariant.Require(waiting is null or { Task.IsCompleted: true }, "one caller at a time waits for ends");
        listening = true;
        if (ends.TryDequeue(out var owner))
        {
            return owner;
        }

        var mine = new TaskCompletionSource<Digest>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting = mine;
        using var cancelled = ct.UnsafeRegister(_ => mine.TrySetCanceled(ct), null);
        return await mine.Task;
    }

    /// <summary>What the container was started with last; null: no such container.</summary>
    public ContainerOrder? FindOrder(Digest owner) => containers.GetValueOrDefault(owner)?.Order;

    /// <summary>The program of the container returns this code. It does not run: nothing to do.</summary>
    public void End(Digest owner, int code) => Finish(owner, new ContainerEnd(EndCause.Exited, code));

    /// <summary>Somebody kills the supervisor of the container. It does not run: nothing to do.</summary>
    public void KillSupervisor(Digest owner) => Finish(owner, new ContainerEnd(EndCause.SupervisorLost, null));

    /// <summary>Whoever waited for ends is gone, and ends that it was not told of are told to nobody.</summary>
    internal void Forget()
    {
        waiting = null;
        listening = false;
        ends.Clear();
    }

    /// <summary>The machine was booted.</summary>
    internal void Reboot()
    {
        Forget();
        foreach (var container in containers.Values.Where(container => container.End is null))
        {
            Finish(container, new ContainerEnd(EndCause.Rebooted, null), told: false);
        }
    }

    internal IEnumerable<SimulatedContainer> All => containers.Values;

    internal void Restore(SimulatedContainer container) => containers[container.Order.Owner] = container;

    private void Finish(Digest owner, ContainerEnd end)
    {
        if (containers.GetValueOrDefault(owner) is { End: null } container)
        {
            Finish(container, end, told: true);
            Changed?.Invoke();
        }
    }

    private void Finish(SimulatedContainer container, ContainerEnd end, bool told)
    {
        container.End = end;
        if (told && listening && waiting?.TrySetResult(container.Order.Owner) is not true)
        {
            ends.Enqueue(container.Order.Owner);
        }
    }

    private void LookAgain()
    {
        foreach (var container in containers.Values.Where(container => container.End is null).ToArray())
        {
            if (SimulatedPrograms.Look(container.Order, ViewOf(container)) is { } end)
            {
                Finish(container.Order.Owner, end);
            }
        }
    }

    private bool Listens(Digest owner, int port) =>
        containers.GetValueOrDefault(owner) is { End: null } container && SimulatedPrograms.Listens(container.Order, port);

    private ContainerView ViewOf(SimulatedContainer container) => new(storage, container.Order);
}

using Provision.Explorer.Feed;
using Provision.Explorer.Storage.Memory;
using Provision.Reservations;
using Provision.Workloads;

namespace Provision.Simulation;

/// <summary>
/// The explorer with its store, its backup, and a list of what it told each node, by which what a node knows is checked.
/// </summary>
public sealed class ExplorerSite(TimeProvider time)
{
    private MemoryStore store = new("epoch-1");
    private (MemoryStore Store, Dictionary<NodeId, List<FeedChange>> Changes)? backup;
    private int lives = 1;

    /// <summary>The explorer as it is now.</summary>
    public ExplorerCore Core { get; private set; } = null!;

    /// <summary>Its epoch.</summary>
    public string Epoch => store.Epoch;

    /// <summary>True when it was restored from a backup.</summary>
    public bool WasRestored => lives > 1;

    /// <summary>True when orders may have been lost that nobody gave it again yet.</summary>
    public bool LostOrders { get; set; }

    /// <summary>The changes of each node in this epoch, in their order.</summary>
    public Dictionary<NodeId, List<FeedChange>> Changes { get; private set; } = [];

    /// <summary>It opens.</summary>
    public void Open() => Core = new ExplorerCore(store, time, WorkloadCatalog.All);

    /// <summary>Takes an order.</summary>
    public async Task SubmitAsync(Order order, NodeId node)
    {
        var at = Core;
        var taken = await at.SubmitAsync(order);
        if (taken.Created && at == Core)
        {
            if (!Changes.TryGetValue(node, out var list))
            {
                Changes[node] = list = [];
            }

            list.Add(new FeedChange(order is FollowUp follow ? follow.Reservation : taken.Digest, order is Cancel));
        }
    }

    /// <summary>Makes a backup.</summary>
    public void BackUp() => backup = (store.Copy("backup"), Copy(Changes));

    /// <summary>Restores the last backup; false when there is none.</summary>
    public bool Restore()
    {
        if (backup is not { } last)
        {
            return false;
        }

        Core.StopWaiting();
        store = last.Store.Copy($"epoch-{++lives}");
        Changes = Copy(last.Changes);
        LostOrders = true;
        Open();
        return true;
    }

    private static Dictionary<NodeId, List<FeedChange>> Copy(Dictionary<NodeId, List<FeedChange>> changes) =>
        changes.ToDictionary(pair => pair.Key, pair => pair.Value.ToList());
}

namespace Provision.Provisioning.Reconciler;

/// <summary>
/// What the reconciler takes in hand next: removals first, then additions by rank. A workload is here once, however often it was woken,
/// and never while it is in a hand; woken meanwhile, it comes back when the hand lets go.
/// </summary>
public sealed class WorkQueue
{
    private readonly PriorityQueue<Workload, (int Rank, long Arrival)> ready = new();
    private readonly PriorityQueue<Workload, TimeSpan> later = new();
    private readonly Dictionary<Workload, TimeSpan> due = [];
    private readonly HashSet<Workload> queued = [];
    private readonly HashSet<Workload> held = [];
    private readonly HashSet<Workload> again = [];
    private long arrivals;

    /// <summary>How many are in a hand.</summary>
    public int Held => held.Count;

    /// <summary>How many wait for a hand.</summary>
    public int Ready => queued.Count;

    /// <summary>Puts a workload in the queue.</summary>
    public void Add(Workload workload)
    {
        due.Remove(workload);
        if (held.Contains(workload))
        {
            again.Add(workload);
        }
        else if (queued.Add(workload) || workload.State.Unwinding)
        {
            // One that waits to be made and is withdrawn meanwhile gets a second place, among the removals; the older one is void.
            var rank = workload.Module?.Rank ?? 0;

            // Removals go before all additions, and what builds on others goes first.
            ready.Enqueue(workload, (workload.State.Unwinding ? -1 - rank : rank, arrivals++));
        }
    }

    /// <summary>Puts a workload in the queue at a time on the caller's clock, unless it is woken before.</summary>
    public void AddLater(Workload workload, TimeSpan at)
    {
        due[workload] = at;
        later.Enqueue(workload, at);
    }

    /// <summary>Queues what is due, and tells how long until more is; null when nothing waits.</summary>
    public TimeSpan? Advance(TimeSpan now)
    {
        while (later.TryPeek(out var workload, out var at))
        {
            var waits = due.TryGetValue(workload, out var wanted) && wanted == at;
            if (waits && at > now)
            {
                return at - now;
            }

            later.Dequeue();
            if (waits)
            {
                Add(workload);
            }
        }

        return null;
    }

    /// <summary>Hands out the next workload; <see cref="Release"/> gives it back.</summary>
    public bool TryTake(out Workload workload)
    {
        while (ready.TryDequeue(out workload!, out _))
        {
            if (queued.Remove(workload))
            {
                held.Add(workload);
                return true;
            }
        }

        return false;
    }

    /// <summary>The hand lets go.</summary>
    public void Release(Workload workload)
    {
        held.Remove(workload);
        if (again.Remove(workload))
        {
            Add(workload);
        }
    }
}

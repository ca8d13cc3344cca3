using Provision.Reservations;

namespace Provision.Explorer.Feed;

/// <summary>Who waits for a change of which node. A commit wakes everyone who entered before it.</summary>
internal sealed class Waiters
{
    private readonly Lock gate = new();
    private readonly Dictionary<NodeId, HashSet<Waiter>> waiting = [];
    private bool closed;

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return waiting.Values.Sum(waiters => waiters.Count);
            }
        }
    }

    /// <summary>True after <see cref="Close"/>: nobody shall wait any more.</summary>
    public bool Closed
    {
        get
        {
            lock (gate)
            {
                return closed;
            }
        }
    }

    /// <summary>Takes a place; whoever disposes it is forgotten.</summary>
    public Waiter Enter(NodeId node)
    {
        var waiter = new Waiter(this, node);
        lock (gate)
        {
            if (!waiting.TryGetValue(node, out var waiters))
            {
                waiting[node] = waiters = [];
            }

            waiters.Add(waiter);
        }

        return waiter;
    }

    /// <summary>Wakes everyone who waits for this node.</summary>
    public void Wake(NodeId node)
    {
        lock (gate)
        {
            Wake(waiting.GetValueOrDefault(node) ?? []);
        }
    }

    /// <summary>Wakes everyone, for good.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            foreach (var waiters in waiting.Values)
            {
                Wake(waiters);
            }
        }
    }

    // Continuations run elsewhere (the source is made so): waking under the lock starts nobody's code.
    private static void Wake(HashSet<Waiter> waiters)
    {
        foreach (var waiter in waiters)
        {
            waiter.Source.TrySetResult();
        }
    }

    /// <summary>A place among the waiters.</summary>
    internal sealed class Waiter(Waiters waiters, NodeId node) : IDisposable
    {
        internal TaskCompletionSource Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (waiters.gate)
            {
                if (waiters.waiting.TryGetValue(node, out var places) && places.Remove(this) && places.Count == 0)
                {
                    waiters.waiting.Remove(node);
                }
            }
        }
    }
}

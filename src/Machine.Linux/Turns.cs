namespace Provision.Machine.Linux;

/// <summary>One at a time for each key, in the order of asking. A key that nobody wants any more takes no memory.</summary>
internal sealed class Turns<TKey>
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, Queue> queues = [];

    /// <summary>True while it is somebody's turn.</summary>
    public bool IsTaken(TKey key)
    {
        lock (gate)
        {
            return queues.ContainsKey(key);
        }
    }

    /// <summary>Waits until it is our turn, which ends when the answer is disposed of.</summary>
    public async ValueTask<IDisposable> TakeAsync(TKey key, CancellationToken ct)
    {
        Queue? queue;
        lock (gate)
        {
            if (!queues.TryGetValue(key, out queue))
            {
                queues.Add(key, queue = new Queue());
            }

            queue.Waiting++;
        }

        try
        {
            await queue.Semaphore.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            Leave(key, queue);
            throw;
        }

        return new Turn(() =>
        {
            queue.Semaphore.Release();
            Leave(key, queue);
        });
    }

    private void Leave(TKey key, Queue queue)
    {
        lock (gate)
        {
            if (--queue.Waiting == 0)
            {
                queues.Remove(key);
                queue.Semaphore.Dispose();
            }
        }
    }

    private sealed class Queue
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);

        public int Waiting { get; set; }
    }

    private sealed class Turn(Action end) : IDisposable
    {
        private Action? end = end;

        public void Dispose() => Interlocked.Exchange(ref end, null)?.Invoke();
    }
}

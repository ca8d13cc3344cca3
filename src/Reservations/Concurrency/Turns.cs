using Provision.Reservations.Faults;

namespace Provision.Reservations.Concurrency;

/// <summary>
/// A few at a time for each key, in the order of asking; one, when nothing else is said. A key that nobody wants any more takes no memory.
/// </summary>
/// <param name="atOnce">How many of one key have their turn at once.</param>
/// <param name="waitingMax">How many of one key wait; whoever comes then is sent away.</param>
/// <param name="full">What he is told; null, when any number may wait.</param>
public sealed class Turns<TKey>(int atOnce = 1, int waitingMax = int.MaxValue, Fault? full = null)
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
    /// <exception cref="FaultException">Too many wait already.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/>; who waited is forgotten.</exception>
    public async Task<IDisposable> TakeAsync(TKey key, CancellationToken ct)
    {
        Queue? queue;
        lock (gate)
        {
            if (!queues.TryGetValue(key, out queue))
            {
                queues.Add(key, queue = new Queue(atOnce));
            }
            else if (full is not null && queue.Wanted - atOnce >= waitingMax)
            {
                throw new FaultException(full);
            }

            queue.Wanted++;
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
            if (--queue.Wanted == 0)
            {
                queues.Remove(key);
                queue.Semaphore.Dispose();
            }
        }
    }

    private sealed class Queue(int atOnce)
    {
        public SemaphoreSlim Semaphore { get; } = new(atOnce, atOnce);

        /// <summary>Those who have their turn, and those who wait.</summary>
        public int Wanted { get; set; }
    }

    private sealed class Turn(Action end) : IDisposable
    {
        private Action? end = end;

        public void Dispose() => Interlocked.Exchange(ref end, null)?.Invoke();
    }
}

using Provision.Reservations.Faults;

namespace Provision.Explorer.Feed;

/// <summary>
/// Lets a few do at once what costs much, for each key for itself; the others wait their turn, in the order in which they came.
/// </summary>
/// <param name="atOnce">How many of one key are in at once.</param>
/// <param name="waitingMax">How many of one key wait; whoever comes then is sent away.</param>
/// <param name="full">With these words.</param>
internal sealed class Turns<TKey>(int atOnce, int waitingMax, Fault full)
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, Place> places = [];

    /// <summary>Enters when it is our turn; whoever disposes it lets the next one in.</summary>
    /// <exception cref="FaultException">Too many wait already.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/>; who waited is forgotten.</exception>
    public async Task<IDisposable> EnterAsync(TKey key, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> waiter;
        lock (gate)
        {
            if (!places.TryGetValue(key, out var place))
            {
                places[key] = place = new Place();
            }

            if (place.Inside < atOnce)
            {
                place.Inside++;
                return new Turn(this, key);
            }

            if (place.Waiting.Count >= waitingMax)
            {
                throw new FaultException(full);
            }

            waiter = place.Waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        using var cancelled = ct.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter.Value);
        try
        {
            await waiter.Value.Task;
        }
        catch (OperationCanceledException)
        {
            Forget(waiter);
            throw;
        }

        return new Turn(this, key);
    }

    private void Forget(LinkedListNode<TaskCompletionSource> waiter)
    {
        lock (gate)
        {
            // None when its turn came in the same moment: then it was passed over and taken off already.
            waiter.List?.Remove(waiter);
        }
    }

    private void Leave(TKey key)
    {
        lock (gate)
        {
            var place = places[key];
            while (place.Waiting.First is { } next)
            {
                place.Waiting.RemoveFirst();
                if (next.Value.TrySetResult())
                {
                    return;
                }
            }

            if (--place.Inside == 0)
            {
                places.Remove(key);
            }
        }
    }

    private sealed class Place
    {
        public int Inside { get; set; }

        public LinkedList<TaskCompletionSource> Waiting { get; } = [];
    }

    private sealed class Turn(Turns<TKey> turns, TKey key) : IDisposable
    {
        private bool left;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref left, true))
            {
                turns.Leave(key);
            }
        }
    }
}

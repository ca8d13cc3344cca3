namespace Provision.Machine.Simulated.Time;

/// <summary>
/// One thread under virtual time: runs what is ready, and only when nothing is, lets the clock go on to the next timer. Calls that leave
/// the thread, to a real kernel for instance, are counted with <see cref="Leave"/>, and while one is out the clock stands still.
/// </summary>
public sealed class Pump(VirtualTime time) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> ready = new();
    private readonly object gate = new();
    private readonly int thread = Environment.CurrentManagedThreadId;
    private int outside;

    /// <summary>Where work came from another thread although no call was out: each is an await that makes runs differ.</summary>
    public IList<string> Strays { get; } = [];

    /// <summary>How much it has run: equal runs have equal counts.</summary>
    public long Turns { get; private set; }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (gate)
        {
            if (outside == 0 && Environment.CurrentManagedThreadId != thread)
            {
                Strays.Add(Environment.StackTrace);
            }

            ready.Enqueue((d, state));
            Monitor.Pulse(gate);
        }
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nobody may block on the pump.");

    /// <summary>A call is about to leave the thread; its end is posted back here.</summary>
    public void Leave() => outside++;

    /// <summary>The call came back; told on the pump.</summary>
    public void Return() => outside--;

    /// <summary>
    /// Runs until <paramref name="done"/>;
    /// false when virtual time passed <paramref name="limit"/> before, counted from now.
    /// </summary>
    public bool Run(Func<bool> done, TimeSpan limit)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var end = time.Elapsed + limit;
            while (!done())
            {
                if (TryTake(out var next))
                {
                    Turns++;
                    next.Callback(next.State);
                }
                else if (!time.FireNext(end))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Starts <paramref name="start"/> on the pump and runs until it has ended; its exception is thrown.</summary>
    /// <exception cref="TimeoutException">It had not ended when virtual time passed <paramref name="limit"/>.</exception>
    public void Run(Func<Task> start, TimeSpan limit)
    {
        Task? task = null;
        Post(_ => task = start(), null);
        if (!Run(() => task is { IsCompleted: true }, limit))
        {
            throw new TimeoutException($"Not ended after {limit} of virtual time.");
        }

        task!.GetAwaiter().GetResult();
    }

    private bool TryTake(out (SendOrPostCallback Callback, object? State) next)
    {
        lock (gate)
        {
            while (ready.Count == 0 && outside > 0)
            {
                Monitor.Wait(gate);
            }

            return ready.TryDequeue(out next);
        }
    }
}

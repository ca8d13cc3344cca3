using Provision.Machine.Simulated.Time;

namespace Provision.Simulation;

/// <summary>
/// The one thread of a simulated process: a queue of its own in front of the pump's. A process that is killed runs nothing of it any more;
/// one that stands still runs it later.
/// </summary>
/// <param name="pump">Runs everything.</param>
/// <param name="dies">Asked before each turn: true, and the process is killed.</param>
public sealed class ProcessContext(Pump pump, Func<bool> dies) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> held = new();

    /// <summary>True when it was killed.</summary>
    public bool IsDead { get; private set; }

    /// <summary>True while it stands still.</summary>
    public bool IsPaused { get; private set; }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!IsDead)
        {
            pump.Post(_ => Run(d, state), null);
        }
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nobody may block on the pump.");

    /// <summary>Nothing of it runs any more.</summary>
    public void Kill()
    {
        IsDead = true;
        held.Clear();
    }

    /// <summary>Nothing of it runs until <see cref="Resume"/>.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>What was held runs, in its order.</summary>
    public void Resume()
    {
        IsPaused = false;
        while (held.TryDequeue(out var next))
        {
            Post(next.Callback, next.State);
        }
    }

    private void Run(SendOrPostCallback callback, object? state)
    {
        if (IsPaused)
        {
            held.Enqueue((callback, state));
        }
        else if (!IsDead && !dies())
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                callback(state);
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }
    }
}

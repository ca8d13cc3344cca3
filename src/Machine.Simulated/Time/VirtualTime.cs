namespace Provision.Machine.Simulated.Time;

/// <summary>
/// A clock that stands still until it is told to go on: wall time and timers for simulations. Timers that are due fire in the order of
/// their due times, those of one moment in the order in which they were set, so that a run can be repeated.
/// </summary>
public sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<(VirtualTimer Timer, long Version), (TimeSpan Due, long Arrival)> timers = new();
    private TimeSpan elapsed;
    private long arrivals;

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => elapsed;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => start + elapsed;

    /// <inheritdoc/>
    public override long GetTimestamp() => elapsed.Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>When the next timer is due, as time since the start; null when none is set.</summary>
    public TimeSpan? NextDue()
    {
        while (timers.TryPeek(out var next, out var key))
        {
            if (next.Timer.Version == next.Version)
            {
                return key.Due;
            }

            timers.Dequeue();
        }

        return null;
    }

    /// <summary>
    /// Goes on to the next timer and fires it;
    /// false when none is due by <paramref name="limit"/>, a time since the start.
    /// </summary>
    public bool FireNext(TimeSpan limit)
    {
        if (NextDue() is not { } due || due > limit)
        {
            return false;
        }

        elapsed = due > elapsed ? due : elapsed;
        timers.Dequeue().Timer.Fire();
        return true;
    }

    private void Set(VirtualTimer timer, TimeSpan after) =>
        timers.Enqueue((timer, timer.Version), (elapsed + (after > TimeSpan.Zero ? after : TimeSpan.Zero), arrivals++));

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period = Timeout.InfiniteTimeSpan;

        /// <summary>Counts the settings: an older one in the queue is void.</summary>
        public long Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            Version++;
            period = newPeriod;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                time.Set(this, dueTime);
            }

            return true;
        }

        public void Fire()
        {
            Version++;
            if (period > TimeSpan.Zero)
            {
                time.Set(this, period);
            }

            callback(state);
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

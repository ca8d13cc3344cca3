namespace Provision.Machine.Simulated.Clock;

/// <summary>Another provider's time with its wall clock moved by an offset, or standing still.</summary>
internal sealed class SteppedTime(TimeProvider inner) : TimeProvider
{
    public TimeSpan Offset { get; set; }

    /// <summary>What the wall clock shows while it stands still; null: it goes.</summary>
    public DateTimeOffset? Frozen { get; set; }

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => Frozen ?? inner.GetUtcNow() + Offset;

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}

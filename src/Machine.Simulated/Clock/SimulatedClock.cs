using Provision.Machine.Clock;

namespace Provision.Machine.Simulated.Clock;

/// <summary>Clocks that a test moves: the wall clock can be stepped, the time since boot cannot.</summary>
public sealed class SimulatedClock : IMachineClock
{
    private readonly TimeProvider time;
    private readonly Random random;
    private readonly SteppedTime stepped;
    private long bootedAt;

    internal SimulatedClock(TimeProvider time, Random random)
    {
        this.time = time;
        this.random = random;
        stepped = new SteppedTime(time);
        BootId = "";
        Reboot();
    }

    /// <inheritdoc/>
    public TimeProvider Time => stepped;

    /// <inheritdoc/>
    public TimeSpan SinceBoot => time.GetElapsedTime(bootedAt);

    /// <inheritdoc/>
    public string BootId { get; private set; }

    /// <summary>Sets the wall clock forward, or back when negative, as a person or NTP would. Timers and boot time do not notice.</summary>
    public void StepWall(TimeSpan by) => stepped.Offset += by;

    /// <summary>The wall clock stands still, over boots too, until <see cref="SetWallRight"/>. Timers do not notice.</summary>
    public void FreezeWall() => stepped.Frozen = stepped.GetUtcNow();

    /// <summary>The wall clock goes, and says what it would have said had nobody touched it.</summary>
    public void SetWallRight() => (stepped.Frozen, stepped.Offset) = (null, TimeSpan.Zero);

    internal void Reboot()
    {
        Span<byte> id = stackalloc byte[16];
        random.NextBytes(id);
        BootId = new Guid(id).ToString();
        bootedAt = time.GetTimestamp();
    }
}

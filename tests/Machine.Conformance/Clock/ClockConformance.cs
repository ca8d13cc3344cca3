using Provision.Machine.Clock;
using Xunit;

namespace Provision.Machine.Conformance.Clock;

/// <summary>What every <see cref="IMachineClock"/> does.</summary>
public abstract class ClockConformance
{
    /// <summary>The clock under test.</summary>
    protected abstract IMachineClock Clock { get; }

    /// <summary>The same machine's clock in a new daemon.</summary>
    protected abstract IMachineClock Reopen();

    /// <summary>Returns when so much time has passed.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    [Fact]
    public async Task Time_since_boot_grows_with_time()
    {
        var before = Clock.SinceBoot;
        var wall = Clock.Time.GetUtcNow();
        await PassAsync(TimeSpan.FromMilliseconds(30));

        Assert.InRange(Clock.SinceBoot - before, TimeSpan.FromMilliseconds(30), TimeSpan.FromSeconds(30));
        Assert.InRange(Clock.Time.GetUtcNow() - wall, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Time_since_boot_is_not_negative_and_younger_than_the_wall_clock_is_old() =>
        Assert.InRange(Clock.SinceBoot, TimeSpan.Zero, Clock.Time.GetUtcNow() - DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_boot_has_one_name_whoever_asks()
    {
        Assert.True(Guid.TryParse(Clock.BootId, out _), Clock.BootId);
        Assert.Equal(Clock.BootId, Reopen().BootId);
    }

    [Fact]
    public void A_new_daemon_sees_the_same_time_since_boot()
    {
        var before = Clock.SinceBoot;

        Assert.InRange(Reopen().SinceBoot - before, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }
}

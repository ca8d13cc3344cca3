using System.Globalization;
using Provision.Machine.Clock;
using Provision.Machine.Conformance.Clock;
using Provision.Machine.Linux.Clock;
using Xunit;

namespace Provision.Machine.Linux.Tests.Clock;

public sealed class LinuxClockTests : ClockConformance
{
    protected override IMachineClock Clock { get; } = new LinuxClock();

    protected override IMachineClock Reopen() => new LinuxClock();

    // A delay is counted in whole milliseconds, and may end one too soon.
    protected override Task PassAsync(TimeSpan time) => Task.Delay(time + TimeSpan.FromMilliseconds(1), TimeProvider.System);

    [Fact]
    public void It_is_the_clock_that_proc_shows()
    {
        var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);

        Assert.InRange(Clock.SinceBoot.TotalSeconds, uptime - 0.02, uptime + 30);
    }
}

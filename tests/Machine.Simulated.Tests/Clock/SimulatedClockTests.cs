using Provision.Machine.Clock;
using Provision.Machine.Conformance.Clock;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Clock;

public sealed class SimulatedClockTests : ClockConformance
{
    private readonly TickingTime time = new();
    private readonly SimulatedMachine machine;

    public SimulatedClockTests() => machine = Machines.New(time);

    protected override IMachineClock Clock => machine.Clock;

    protected override IMachineClock Reopen() => machine.Clock;

    protected override Task PassAsync(TimeSpan time)
    {
        this.time.Pass(time);
        return Task.CompletedTask;
    }

    [Fact]
    public void A_step_of_the_wall_clock_leaves_boot_time_alone()
    {
        var (wall, boot, stamp) = (Clock.Time.GetUtcNow(), Clock.SinceBoot, Clock.Time.GetTimestamp());

        machine.Clock.StepWall(TimeSpan.FromHours(-5));

        Assert.Equal(wall - TimeSpan.FromHours(5), Clock.Time.GetUtcNow());
        Assert.Equal((boot, stamp), (Clock.SinceBoot, Clock.Time.GetTimestamp()));
    }

    [Fact]
    public void A_power_failure_begins_a_new_boot_and_leaves_the_wall_clock_alone()
    {
        time.Pass(TimeSpan.FromHours(1));
        var (wall, id) = (Clock.Time.GetUtcNow(), Clock.BootId);

        machine.PowerFailure(new Random(1));

        Assert.Equal(TimeSpan.Zero, Clock.SinceBoot);
        Assert.NotEqual(id, Clock.BootId);
        Assert.Equal(wall, Clock.Time.GetUtcNow());
    }
}

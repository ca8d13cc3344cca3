using Provision.Machine.Clock;
using Provision.Machine.Simulated.Time;
using Provision.Provisioning.Expiry;
using Provision.Provisioning.Tests.Worlds;
using Xunit;

namespace Provision.Provisioning.Tests.Expiry;

/// <summary>When leases end, whatever happens to the clocks. All times in seconds; wall times count from an arbitrary zero.</summary>
public sealed class LeaseClockTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-40)]
    [InlineData(86400)]
    [InlineData(-86400 * 365)]
    public void Within_a_boot_a_step_of_the_wall_changes_nothing(int step)
    {
        var clock = new Clock("a", boot: 100, wall: 1000);
        var leases = Open(clock);
        var lease = leases.Anchor(Seconds(60), Wall(1060));
        (clock.Boot, clock.Wall) = (120, 1020 + step);
        leases.Add(leases.Read());
        Assert.Equal(Seconds(40), leases.Remaining(lease));
        Assert.Equal(Seconds(160), leases.DueSinceBoot(lease));
    }

    [Fact]
    public void Within_a_boot_a_wall_that_stands_still_changes_nothing()
    {
        var clock = new Clock("a", boot: 100, wall: 1000);
        var leases = Open(clock);
        var lease = leases.Anchor(Seconds(60), Wall(1060));
        clock.Boot = 161;
        Assert.Equal(Seconds(-1), leases.Remaining(lease));
    }

    // The lease of 100 s is anchored at boot time 10 of boot "a", wall 1000; the last mark of "a" is at boot time 30.
    [Theory]
    [InlineData("as it should be", 1020, 1050, 50)]
    [InlineData("off for longer than the lease", 1020, 1200, -100)]
    [InlineData("wall ahead after the reboot: the end by the wall is nearer", 1020, 1090, 10)]
    [InlineData("wall behind the last mark is not believed", 1020, 5, 80)]
    [InlineData("wall a little behind the last mark", 1020, 1015, 80)]
    [InlineData("wall was ahead in the boot before: what remained counts less than the end", 1090, 1091, 9)]
    [InlineData("wall was behind in the boot before: what was written down is smaller", 900, 950, 80)]
    public void After_a_reboot_the_smaller_of_what_was_written_down_and_the_end_by_the_wall(
        string why, int wallAtLastMark, int wallNow, int remains)
    {
        var clock = new Clock("a", boot: 10, wall: 1000);
        var before = Open(clock);
        var lease = before.Anchor(Seconds(100), Wall(1100));
        ClockMark[] marks = [before.Read(), new("a", Seconds(30), Wall(wallAtLastMark)), new("b", Seconds(5), Wall(wallNow))];
        var after = Open(new Clock("b", boot: 5, wall: wallNow), marks);
        Assert.True(Seconds(remains) == after.Remaining(lease), $"{why}: {after.Remaining(lease).TotalSeconds} s");
    }

    [Fact]
    public void A_restart_of_the_daemon_within_a_boot_changes_no_answer()
    {
        var clock = new Clock("a", boot: 10, wall: 1000);
        var first = Open(clock);
        var lease = first.Anchor(Seconds(100), Wall(1100));
        List<ClockMark> marks = [first.Read(), new("a", Seconds(30), Wall(1020)), new("b", Seconds(5), Wall(1050))];
        clock = new Clock("b", boot: 5, wall: 1050);
        var due = Open(clock, [.. marks]).DueSinceBoot(lease);
        foreach (var (boot, wall) in new[] { (6, 1051), (20, 99), (25, 5000), (40, 1070) })
        {
            (clock.Boot, clock.Wall) = (boot, wall);
            marks.Add(new("b", Seconds(boot), Wall(wall)));
            Assert.Equal(due, Open(clock, [.. marks]).DueSinceBoot(lease));
        }
    }

    [Fact]
    public void Time_of_every_boot_in_between_counts_also_when_the_wall_stands()
    {
        ClockMark[] marks =
        [
            new("a", Seconds(10), Wall(1000)), new("a", Seconds(30), Wall(1000)),
            new("b", Seconds(5), Wall(1000)), new("b", Seconds(25), Wall(1000)),
            new("c", Seconds(1), Wall(1000)),
        ];
        var lease = new LeaseAnchor("a", Seconds(10), Seconds(100), Wall(1100));
        Assert.Equal(Seconds(60), Open(new Clock("c", boot: 1, wall: 1000), marks).Remaining(lease));
    }

    [Fact]
    public void A_wall_that_was_once_ahead_is_the_floor_for_every_later_boot()
    {
        ClockMark[] marks = [new("a", Seconds(10), Wall(1000)), new("b", Seconds(5), Wall(1060)), new("c", Seconds(1), Wall(1001))];
        var lease = new LeaseAnchor("a", Seconds(10), Seconds(100), Wall(1100));
        Assert.Equal(Seconds(40), Open(new Clock("c", boot: 1, wall: 1001), marks).Remaining(lease));
    }

    [Fact]
    public void A_lease_of_a_boot_whose_marks_are_lost_does_not_pay_for_boots_before_it()
    {
        // "b", in which the lease was written down, lost its mark; "a" ran for ten days before that.
        ClockMark[] marks =
        [
            new("a", Seconds(0), Wall(0)), new("a", TimeSpan.FromDays(10), Wall(864000)),
            new("c", Seconds(1), Wall(864100)),
        ];
        var lease = new LeaseAnchor("b", Seconds(10), Seconds(3600), Wall(864050 + 3600));
        var clock = new Clock("c", boot: 1, wall: 864100);
        Assert.Equal(Seconds(3550), Open(clock, marks).Remaining(lease));
        clock.Boot = 11;
        Assert.Equal(Seconds(3540), Open(clock, marks).Remaining(lease));
        Assert.Equal(Seconds(-10), Open(clock, [.. marks[..2], marks[2] with { Wall = Wall(864050 + 3600) }]).Remaining(lease));
    }

    [Fact]
    public void Without_a_mark_of_this_boot_the_wall_is_all_there_is()
    {
        var lease = new LeaseAnchor("a", Seconds(10), Seconds(100), Wall(1100));
        Assert.Equal(Seconds(30), new LeaseClock(new Clock("b", boot: 5, wall: 1070)).Remaining(lease));
    }

    private static LeaseClock Open(Clock clock, params ClockMark[] marks)
    {
        var leases = new LeaseClock(clock);
        foreach (var mark in marks)
        {
            leases.Add(mark);
        }

        return leases;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static DateTimeOffset Wall(double seconds) => Samples.Now.AddSeconds(seconds);

    private sealed class Clock(string bootId, int boot, int wall) : IMachineClock
    {
        public int Boot { get; set; } = boot;

        public int Wall { get; set; } = wall;

        public TimeProvider Time => new VirtualTime(LeaseClockTests.Wall(Wall));

        public TimeSpan SinceBoot => Seconds(Boot);

        public string BootId => bootId;
    }
}

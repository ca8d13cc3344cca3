using Xunit;

namespace Provision.Reservations.Tests;

public sealed class LeaseRulesTests
{
    private static readonly DateTimeOffset Now = Samples.Created;
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private static readonly Reservation Good = Samples.Volume with { Created = Now, Duration = TimeSpan.FromHours(1) };

    [Fact]
    public void A_lease_that_runs_now_is_in_order() => Assert.Empty(LeaseRules.Check(Good, Now));

    [Fact]
    public void A_clock_may_be_ahead_by_the_tolerance_and_no_more()
    {
        Assert.Empty(LeaseRules.Check(Good with { Created = Now + LeaseRules.FutureTolerance }, Now));
        Assert.Equal(["/reservation/created"], Pointers(Good with { Created = Now + LeaseRules.FutureTolerance + Tick }));
    }

    [Fact]
    public void The_future_is_refused_for_every_sort_of_order()
    {
        var future = Now + TimeSpan.FromHours(1);
        Assert.Equal(["/cancel/created"], Pointers(Samples.Cancel with { Created = future }));
        Assert.Equal(["/extend/created"], Pointers(Samples.Extend with { Created = future }));
    }

    [Fact]
    public void A_duration_lies_between_a_second_and_ten_years()
    {
        Assert.Empty(LeaseRules.Check(Good with { Duration = LeaseRules.DurationMin }, Now));
        Assert.Empty(LeaseRules.Check(Good with { Duration = LeaseRules.DurationMax }, Now));
        Assert.Equal(["/reservation/duration"], Pointers(Good with { Duration = LeaseRules.DurationMin - Tick }));
        Assert.Equal(["/reservation/duration"], Pointers(Good with { Duration = LeaseRules.DurationMax + Tick }));
        Assert.Equal(["/reservation/duration"], Pointers(Good with { Duration = -LeaseRules.DurationMin }));
    }

    [Fact]
    public void An_extend_has_the_bounds_of_a_duration_too()
    {
        Assert.Empty(LeaseRules.Check(Samples.Extend with { Created = Now, Duration = LeaseRules.DurationMax }, Now));
        Assert.Equal(["/extend/duration"], Pointers(Samples.Extend with { Created = Now, Duration = LeaseRules.DurationMax + Tick }));
        Assert.Equal(["/extend/duration"], Pointers(Samples.Extend with { Created = Now, Duration = TimeSpan.Zero }));
    }

    [Fact]
    public void A_lease_is_over_at_the_moment_it_expires()
    {
        Assert.Empty(LeaseRules.Check(Good, Good.Expires - Tick));
        Assert.Equal(["/reservation/duration"], LeaseRules.Check(Good, Good.Expires).Select(problem => problem.Pointer));
    }

    [Fact]
    public void An_old_extend_or_cancel_is_in_order()
    {
        // What has been extended may be years old; the reservation's own end says nothing about it.
        Assert.Empty(LeaseRules.Check(Samples.Extend, Now.AddYears(3)));
        Assert.Empty(LeaseRules.Check(Samples.Cancel, Now.AddYears(3)));
    }

    [Fact]
    public void The_extremes_that_the_reader_lets_through_do_not_overflow()
    {
        var end = new DateTimeOffset(2199, 12, 31, 23, 59, 59, TimeSpan.Zero);
        var late = Good with { Created = end, Duration = Nanoseconds.ToSpan(long.MaxValue) };
        var early = Good with { Created = DateTimeOffset.UnixEpoch, Duration = Nanoseconds.ToSpan(long.MinValue) };
        Assert.Equal(["/reservation/created", "/reservation/duration"], Pointers(late));
        Assert.Equal(["/reservation/duration"], Pointers(early));
        Assert.NotEmpty(late.ToSignedBytes());
        Assert.NotEmpty(early.ToSignedBytes());
    }

    private static IEnumerable<string> Pointers(Order order) => LeaseRules.Check(order, Now).Select(problem => problem.Pointer);
}

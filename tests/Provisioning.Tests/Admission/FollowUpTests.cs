using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Admission;

/// <summary>Cancels and extends: only the owner's, only forwards.</summary>
public sealed class FollowUpTests : IDisposable
{
    private readonly NodeWorld world = new();
    private readonly Reservation order;
    private long sequence;

    public FollowUpTests()
    {
        order = world.Volume(1);
        world.Start();
        Feed();
    }

    public void Dispose() => world.Dispose();

    public static TheoryData<string> Forgeries =>
        ["somebody else's", "in the owner's name", "of another reservation", "with another counter", "unsigned"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_forged_cancel_does_nothing_and_the_owners_own_orders_are_still_taken(string forgery)
    {
        var forged = Forge(forgery);
        Feed(forged);
        Assert.Equal(["planned", "started", "done", "live", "acknowledged"], world.EntriesOf(order));
        Assert.NotEmpty(world.Engine.Status().Troubles);

        Feed(forged, Actors.Extend(order, world.Now, TimeSpan.FromHours(2), counter: 50));
        Assert.Equal(TimeSpan.FromHours(2), world.Find(order)!.Duration);
        Assert.True(world.HasVolume(order));
        Feed(forged, Actors.Cancel(order, world.Now, counter: 51));
        Assert.True(world.Told(order, ReceiptState.Deleted));
    }

    [Fact]
    public void An_order_that_arrives_with_a_forged_cancel_is_carried_out()
    {
        var other = world.Volume(2);
        var forged = Actors.Cancel(other, world.Now) with { KeepData = true };
        world.Explorer.Pages.Enqueue(Page(other, forged));
        world.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(other));
    }

    [Fact]
    public void Counters_only_go_forwards()
    {
        var long2 = Actors.Extend(order, world.Now, TimeSpan.FromHours(2), counter: 2);
        var short1 = Actors.Extend(order, world.Now, TimeSpan.FromMinutes(30), counter: 1);
        Feed(long2);
        Feed(short1);
        Feed(short1, long2);
        Feed(Actors.Extend(order, world.Now, TimeSpan.FromMinutes(20), counter: 2));
        Assert.Equal((TimeSpan.FromHours(2), 2L), (world.Find(order)!.Duration, world.Find(order)!.Counter));
        Assert.Equal(1, world.EntriesOf(order).Count(entry => entry == "extended"));
        world.Restart();
        Feed(short1, long2);
        Assert.Equal(TimeSpan.FromHours(2), world.Find(order)!.Duration);
    }

    [Fact]
    public void Orders_on_one_page_are_taken_by_their_counters()
    {
        Feed(
            Actors.Extend(order, world.Now, TimeSpan.FromHours(3), counter: 2),
            Actors.Extend(order, world.Now, TimeSpan.FromHours(2), counter: 1));
        Assert.Equal(TimeSpan.FromHours(3), world.Find(order)!.Duration);
        Assert.Equal(2, world.EntriesOf(order).Count(entry => entry == "extended"));
    }

    [Fact]
    public void An_extend_of_a_clock_ahead_of_ours_is_taken_because_its_counter_orders_it()
    {
        Feed(Actors.Extend(order, world.Now + TimeSpan.FromHours(1), TimeSpan.FromHours(9)));
        Assert.Equal(TimeSpan.FromHours(9), world.Find(order)!.Duration);
    }

    [Fact]
    public void An_extend_that_breaks_the_rules_is_ignored()
    {
        Feed(
            Actors.Extend(order, world.Now, TimeSpan.Zero, counter: 1),
            Actors.Extend(order, world.Now, TimeSpan.FromDays(36500), counter: 2));
        Assert.Equal(NodeWorld.Lease, world.Find(order)!.Duration);
        Assert.DoesNotContain("extended", world.EntriesOf(order));
    }

    [Fact]
    public void Nothing_brings_a_cancelled_order_back()
    {
        Feed(Actors.Cancel(order, world.Now, counter: 1));
        Feed(Actors.Cancel(order, world.Now, counter: 1), Actors.Extend(order, world.Now, TimeSpan.FromHours(2), counter: 2));
        Feed();
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], world.StatesOf(order));
        Assert.False(world.HasVolume(order));
    }

    private Cancel Forge(string forgery)
    {
        var stranger = Actors.Key(9);
        var cancel = Actors.Cancel(order, world.Now, counter: 40);
        return forgery switch
        {
            "somebody else's" => stranger.Sign(cancel with { User = new UserId(stranger.PublicKey) }),
            "in the owner's name" => stranger.Sign(cancel),
            "of another reservation" => Actors.UserKey.Sign(cancel with { Reservation = Digest.Of([9]) }),
            "with another counter" => cancel with { Counter = 41 },
            _ => cancel with { Signature = default },
        };
    }

    private void Feed(params FollowUp[] followUps)
    {
        world.Explorer.Pages.Enqueue(Page(order, followUps));
        world.Pass(TimeSpan.FromMinutes(2));
        Assert.Empty(world.Explorer.Pages);
    }

    private FeedPage Page(Reservation reservation, params FollowUp[] followUps)
    {
        sequence++;
        return new(
            new FeedCursor("memory", sequence),
            [new FeedEntry(sequence, new FeedReservation(new ReservationId(1, 1), reservation, followUps).Write())]);
    }
}

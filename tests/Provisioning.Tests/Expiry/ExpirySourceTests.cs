using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Expiry;

/// <summary>The end of leases on a running node: one hour of lease, three of grace.</summary>
public sealed class ExpirySourceTests : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(3);
    private static readonly TimeSpan Blink = TimeSpan.FromSeconds(1);
    private readonly Script script = new();
    private readonly NodeWorld world;

    public ExpirySourceTests() => world = new NodeWorld(VolumeStory.Module, new ScriptModule(script))
    {
        Options = new EngineOptions { Grace = Grace },
    };

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_lease_ends_to_the_second_without_an_explorer()
    {
        var order = Live(world.Order(1));
        world.Explorer.Away = true;
        PassUntil(order.Expires - Blink);
        Assert.False(world.Find(order)!.State.Withdrawn);
        Assert.Equal(3, script.There.Count);
        world.Pass(Blink * 2);
        Assert.True(world.Find(order)!.State.Closed);
        Assert.Empty(script.There);
        Assert.Equal([ReceiptState.Ok], world.StatesOf(order));

        world.Explorer.Away = false;
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], world.StatesOf(order));
    }

    [Fact]
    public void Data_is_kept_for_the_grace_period_and_goes_to_the_second()
    {
        var order = Live(world.Volume(1));
        world.Explorer.Away = true;
        PassUntil(order.Expires - Blink);
        Assert.False(world.Find(order)!.State.Expired);
        world.Pass(Blink * 2);
        Assert.True(world.Find(order)!.State.Expired);
        PassUntil(order.Expires + Grace - Blink);
        Assert.True(world.HasVolume(order));
        Assert.Equal(ByteSize.GiB(1), world.Engine.Ledger.Promised("flash"));
        world.Pass(Blink * 2);
        Assert.False(world.HasVolume(order));
        Assert.Equal(ByteSize.Zero, world.Engine.Ledger.Promised("flash"));

        world.Explorer.Away = false;
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Expired, ReceiptState.Deleted], world.StatesOf(order));
    }

    [Fact]
    public void Without_a_grace_period_data_goes_with_the_lease()
    {
        world.Options = new EngineOptions { Grace = TimeSpan.Zero };
        var order = Live(world.Volume(1));
        PassUntil(order.Expires + Blink);
        Assert.False(world.HasVolume(order));
        world.Pass(Blink);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], world.StatesOf(order));
    }

    [Fact]
    public void What_never_lived_has_no_data_to_keep()
    {
        world.Machine.Storage.BreakPool("flash");
        world.Options = world.Options with { AttemptsMax = int.MaxValue };
        world.Start();
        var order = world.Post(world.Volume(1));
        PassUntil(order.Expires + Blink);
        Assert.True(world.Find(order)!.State is { Withdrawn: true, Expired: false });
        world.Machine.Storage.MendPool("flash");
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        Assert.Equal([ReceiptState.Deleted], world.StatesOf(order));
    }

    [Fact]
    public void An_extend_moves_the_end_whatever_the_wall_says_meanwhile()
    {
        var order = Live(world.Order(1));
        world.Post(Actors.Extend(order, world.Now, TimeSpan.FromHours(2)));
        world.Until(() => world.Find(order)!.Duration == TimeSpan.FromHours(2));
        world.Machine.Clock.StepWall(TimeSpan.FromDays(1));
        world.Pass(TimeSpan.FromHours(1.5));
        Assert.True(world.Find(order)!.State.Live && !world.Find(order)!.State.Unwinding);
        world.Pass(TimeSpan.FromHours(0.5) + Blink);
        Assert.True(world.Find(order)!.State.Closed);
    }

    [Fact]
    public void An_extend_that_shortens_ends_the_lease_sooner_or_at_once()
    {
        var sooner = Live(world.Order(1));
        var atOnce = Live(world.Order(2));
        world.Pass(TimeSpan.FromMinutes(10));
        world.Post(Actors.Extend(sooner, world.Now, TimeSpan.FromMinutes(30)));
        world.Post(Actors.Extend(atOnce, world.Now, TimeSpan.FromMinutes(5)));
        world.Until(() => world.Told(atOnce, ReceiptState.Deleted), TimeSpan.FromMinutes(1));
        PassUntil(sooner.Created + TimeSpan.FromMinutes(30) - Blink);
        Assert.False(world.Find(sooner)!.State.Unwinding);
        world.Pass(Blink * 2);
        Assert.True(world.Find(sooner)!.State.Closed);
    }

    [Fact]
    public void An_extend_within_the_grace_period_brings_the_lease_back()
    {
        var order = Live(world.Volume(1));
        PassUntil(order.Expires + TimeSpan.FromHours(1));
        Assert.True(world.Told(order, ReceiptState.Expired));
        world.Post(Actors.Extend(order, world.Now, TimeSpan.FromHours(10)));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        PassUntil(order.Created + TimeSpan.FromHours(10) - Blink);
        Assert.True(world.Find(order)!.State is { Live: true, Expired: false, Unwinding: false });
        world.Pass(Blink * 3);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Expired, ReceiptState.Ok, ReceiptState.Expired], world.StatesOf(order));
        PassUntil(order.Created + TimeSpan.FromHours(10) + Grace + (Blink * 2));
        Assert.False(world.HasVolume(order));
    }

    [Fact]
    public void An_extend_in_the_grace_period_whose_end_is_over_already_changes_nothing()
    {
        var order = Live(world.Volume(1));
        PassUntil(order.Expires + TimeSpan.FromHours(1));
        world.Post(Actors.Extend(order, world.Now, TimeSpan.FromMinutes(90)));
        world.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Expired], world.StatesOf(order));
        PassUntil(order.Expires + Grace + TimeSpan.FromMinutes(2));
        Assert.False(world.HasVolume(order));
    }

    [Fact]
    public void A_cancel_that_keeps_data_keeps_it_for_the_grace_period()
    {
        var order = Live(world.Volume(1));
        var other = Live(world.Order(2));
        world.Post(Actors.Cancel(order, world.Now, keepData: true));
        world.Post(Actors.Cancel(other, world.Now, keepData: true));
        var cancelled = world.Now;
        world.Until(() => world.Told(order, ReceiptState.Expired) && world.Told(other, ReceiptState.Deleted));
        PassUntil(cancelled + Grace - Blink);
        Assert.True(world.HasVolume(order));
        world.Pass(Blink * 3);
        Assert.False(world.HasVolume(order));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Expired, ReceiptState.Deleted], world.StatesOf(order));
    }

    [Fact]
    public void A_cancel_that_keeps_data_removes_what_never_lived()
    {
        var order = world.Volume(1);
        world.Post(order, Actors.Cancel(order, world.Now, keepData: true));
        world.Start();
        world.Until(() => world.StatesOf(order).Count > 0);
        world.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal([ReceiptState.Deleted], world.StatesOf(order));
        Assert.Empty(world.Volumes());
    }

    [Fact]
    public void A_plain_cancel_within_the_grace_period_destroys_at_once()
    {
        var order = Live(world.Volume(1));
        PassUntil(order.Expires + TimeSpan.FromHours(1));
        world.Post(Actors.Cancel(order, world.Now));
        world.Until(() => world.Told(order, ReceiptState.Deleted), TimeSpan.FromMinutes(1));
        Assert.Empty(world.Volumes());
    }

    [Fact]
    public void What_breaks_and_is_mended_in_the_grace_period_is_still_over()
    {
        var order = Live(world.Volume(1));
        PassUntil(order.Expires + TimeSpan.FromHours(1));
        world.Stop();
        world.Machine.Storage.BreakPool("flash");
        world.Start();
        world.Until(() => world.Told(order, ReceiptState.Degraded));
        world.Machine.Storage.MendPool("flash");
        world.Until(() => world.Find(order)!.State.Degraded is null);
        world.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Expired, ReceiptState.Degraded, ReceiptState.Expired], world.StatesOf(order));
    }

    [Fact]
    public void What_is_broken_when_an_extend_brings_its_lease_back_is_said_to_be_broken()
    {
        var order = Live(world.Volume(1));
        PassUntil(order.Expires + TimeSpan.FromHours(1));
        world.Stop();
        world.Machine.Storage.BreakPool("flash");
        world.Start();
        world.Until(() => world.Told(order, ReceiptState.Degraded));
        world.Machine.Storage.MendPool("flash");
        world.Post(Actors.Extend(order, world.Now, TimeSpan.FromHours(10)));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        Assert.Equal(
            [ReceiptState.Ok, ReceiptState.Expired, ReceiptState.Degraded, ReceiptState.Degraded, ReceiptState.Ok],
            world.StatesOf(order));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_restart_and_a_reboot_keep_the_end(bool reboot)
    {
        var order = Live(world.Order(1));
        world.Pass(TimeSpan.FromMinutes(20));
        if (reboot)
        {
            world.Reboot();
        }
        else
        {
            world.Machine.Clock.StepWall(TimeSpan.FromDays(3));
            world.Restart();
            world.Machine.Clock.StepWall(TimeSpan.FromDays(-3));
        }

        PassUntil(order.Expires - Blink);
        Assert.Equal(3, script.There.Count);
        world.Pass(Blink * 2);
        Assert.Empty(script.There);
    }

    [Fact]
    public void The_clocks_are_written_down_from_time_to_time_so_that_a_reboot_with_a_dead_clock_costs_little()
    {
        var order = Live(world.Order(1));
        world.Pass(TimeSpan.FromMinutes(50));
        world.Machine.Clock.StepWall(TimeSpan.FromDays(-365));
        world.Reboot();
        world.Pass(TimeSpan.FromMinutes(9));
        Assert.False(world.Find(order)!.State.Closed);
        world.Pass(TimeSpan.FromMinutes(11) + Blink);
        Assert.True(world.Find(order)!.State.Closed);
    }

    private Reservation Live(Reservation order)
    {
        if (world.Engine is null)
        {
            world.Start();
        }

        world.Post(order);
        world.Until(() => world.Told(order, ReceiptState.Ok));
        return order;
    }

    // By the clock that nobody steps.
    private void PassUntil(DateTimeOffset moment) => world.Pass(moment - world.Time.GetUtcNow());
}

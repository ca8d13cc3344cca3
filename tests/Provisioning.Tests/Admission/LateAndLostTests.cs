using Provision.Machine.Simulated.Faults;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Admission;

/// <summary>What a node makes of orders that it sees late, of pools that do not answer, and of explorers that lost or flood.</summary>
public sealed class LateAndLostTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly NodeWorld world = new();

    [Fact]
    public void A_lease_extended_before_the_node_first_saw_it_is_as_long_as_the_extend_says()
    {
        var order = world.Volume(1);
        var extend = Actors.Extend(order, world.Now, TimeSpan.FromHours(5));
        world.Pump.Run(() => world.Time.DelayAsync(TimeSpan.FromHours(2), CancellationToken.None), NodeWorld.Limit);
        world.Post(order, extend);
        world.Start();

        world.Until(() => world.Told(order, ReceiptState.Ok));

        world.Pass(TimeSpan.FromHours(2));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(order));
        world.Until(() => world.Told(order, ReceiptState.Expired), TimeSpan.FromMinutes(61));
    }

    [Fact]
    public void Without_its_extend_the_same_lease_is_over()
    {
        var order = world.Volume(1);
        world.Pump.Run(() => world.Time.DelayAsync(TimeSpan.FromHours(2), CancellationToken.None), NodeWorld.Limit);
        world.Post(order);
        world.Start();
        world.Until(() => world.Told(order, ReceiptState.Refused));
    }

    [Fact]
    public void Pools_that_do_not_answer_hold_back_new_orders_and_no_cancel()
    {
        var pools = new BrokenPools();
        world.Observer = pools;
        world.Start();
        var live = world.Post(world.Volume(1));
        world.Until(() => world.Told(live, ReceiptState.Ok));
        pools.Broken = true;
        var late = world.Post(world.Volume(2));
        world.Post(Actors.Cancel(live, world.Now));

        world.Until(() => world.Told(live, ReceiptState.Deleted), Minute * 2);

        Assert.Null(world.Find(late));
        pools.Broken = false;
        world.Until(() => world.Told(late, ReceiptState.Ok), Minute * 2);
    }

    [Fact]
    public void A_node_does_not_go_on_with_the_journal_of_another()
    {
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Stop();
        var stranger = Actors.Setup(new EngineOptions(), VolumeStory.Module) with { Key = Actors.Key(77) };

        var fault = Assert.Throws<FaultException>(() =>
            world.Pump.Run(() => Engine.OpenAsync(world.Machine, world.Explorer, stranger, CancellationToken.None), Minute)).Fault;

        Assert.Equal(FaultCode.Conflict, fault.Code);
        Assert.NotNull(fault.Remedy);
        world.Start();
        Assert.True(world.HasVolume(order));
    }

    [Fact]
    public void Pages_of_rubbish_are_taken_once_a_second_at_the_most_and_named_in_the_status()
    {
        world.Start();
        world.Pass(Minute);
        var before = world.Explorer.Polled.Count;
        for (var i = 1; i <= 600; i++)
        {
            var rubbish = Enumerable.Range(1, 3).Select(n => new FeedEntry((10 * i) + n, CanonicalJson.Of($$"""{"rubbish":{{n}}}""")));
            world.Explorer.Pages.Enqueue(new FeedPage(new FeedCursor("memory", (10 * i) + 3), [.. rubbish]));
        }

        world.Pass(Minute);

        Assert.InRange(world.Explorer.Polled.Count - before, 30, 62);
        Assert.Contains(world.Engine.Status().Troubles, trouble => trouble.What.Contains("passed over", StringComparison.Ordinal));
    }

    [Fact]
    public void An_order_that_is_over_and_told_is_kept_in_a_few_words()
    {
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Post(Actors.Cancel(order, world.Now));
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        world.Pass(Minute);

        Assert.Equal("null", world.Find(order)!.Reservation.Data.Text);
        Assert.Empty(world.Find(order)!.Plan.Steps);

        world.Restart();
        world.Pass(Minute);
        Assert.Equal(ByteSize.Zero, world.Engine.Ledger.Promised("flash"));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], world.StatesOf(order));
    }

    /// <inheritdoc/>
    public void Dispose() => world.Dispose();

    private sealed class BrokenPools : IMachineObserver
    {
        public bool Broken { get; set; }

        public ValueTask BeforeAsync(MachineCall call) => Broken && call.Verb == "list-pools"
            ? ValueTask.FromException(new FaultException(FaultCode.Unavailable, "the pool does not answer"))
            : ValueTask.CompletedTask;

        public ValueTask AfterAsync(MachineCall call) => ValueTask.CompletedTask;
    }
}

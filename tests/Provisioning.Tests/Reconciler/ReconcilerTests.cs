using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Reconciler;

/// <summary>Many workloads at once.</summary>
public sealed class ReconcilerTests : IDisposable
{
    private readonly Script script = new();
    private readonly NodeWorld world;

    public ReconcilerTests() => world = new NodeWorld(new ScriptModule(script), new ScriptModule(script, "upper", rank: 1));

    public void Dispose()
    {
        Assert.Empty(script.Overlaps);
        world.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(32)]
    public void No_more_hands_than_are_allowed_and_all_of_them_are_used(int hands)
    {
        world.Options = new EngineOptions { HandsMax = hands };
        script.On = (_, ct) => world.Time.DelayAsync(TimeSpan.FromSeconds(1), ct);
        var orders = Enumerable.Range(1, 60).Select(n => world.Order(n)).ToList();
        orders.ForEach(order => world.Post(order));
        world.Start();
        world.Until(() => script.Running == hands);
        Assert.Equal((hands, 60 - hands), (world.Engine.Status().InHand, world.Engine.Status().Ready));
        world.Until(() => orders.All(order => world.Told(order, ReceiptState.Ok)));
        Assert.Equal(hands, script.RunningMax);
        Assert.Equal((0, 0), (world.Engine.Status().InHand, world.Engine.Status().Ready));
        Assert.Equal(180, script.There.Count);
    }

    [Theory]
    [InlineData(16, 3)]
    [InlineData(2, 2)]
    public void Servers_that_are_slow_hold_few_hands_and_what_is_withdrawn_holds_none(int slowHands, int expected)
    {
        world.Options = new EngineOptions { HandsMax = 8, SlowHandsMax = slowHands, SlowHandsPerUser = 3 };
        var slow = Enumerable.Range(1, 12).Select(n => world.Order(n)).ToList();
        script.Slow.UnionWith(slow.Select(order => order.ComputeDigest()));
        script.On = (call, ct) => script.Slow.Contains(call.Order) && call.Verb == "do"
            ? world.Time.DelayAsync(TimeSpan.FromHours(1), ct)
            : Task.CompletedTask;
        world.Post(slow[0], [.. slow[1..]]);
        world.Start();
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal((expected, 12 - expected), (world.Engine.Status().InHand, world.Engine.Status().Ready));

        var other = world.Order(100);
        world.Post(other);
        world.Until(() => world.Told(other, ReceiptState.Ok), TimeSpan.FromSeconds(1));

        slow.ForEach(order => world.Post(Actors.Cancel(order, world.Now)));
        world.Until(() => slow.All(order => world.Told(order, ReceiptState.Deleted)), TimeSpan.FromSeconds(1));
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0), (world.Engine.Status().InHand, world.Engine.Status().Ready));
    }

    [Fact]
    public void Removals_go_first_and_kinds_by_rank_up_and_down()
    {
        world.Options = new EngineOptions { HandsMax = 1 };
        Reservation[] old = [world.Order(1), world.Order(2, "upper"), world.Order(3), world.Order(4, "upper")];
        world.Post(old[0], old[1..]);
        world.Start();
        world.Until(() => old.All(order => world.Told(order, ReceiptState.Ok)));
        world.Stop();
        script.Calls.Clear();

        Reservation[] made = [world.Order(5, "upper"), world.Order(6)];
        world.Post(made[0], made[1..]);
        world.Post(Actors.Cancel(old[0], world.Now), Actors.Cancel(old[1], world.Now));
        world.Start();
        world.Until(() => made.All(order => world.Told(order, ReceiptState.Ok)));
        world.Pass(TimeSpan.FromSeconds(1));
        var firsts = script.Calls.DistinctBy(call => call.Order).Select(call => call.Order).ToList();
        var removed = new[] { old[1], old[0] }.Select(order => order.ComputeDigest());
        Assert.Equal(removed, script.Calls.Where(call => call.Verb == "undo").Select(call => call.Order).Distinct());
        Assert.True(firsts.IndexOf(made[1].ComputeDigest()) < firsts.IndexOf(made[0].ComputeDigest()));
        Assert.True(firsts.IndexOf(old[2].ComputeDigest()) < firsts.IndexOf(old[3].ComputeDigest()));
    }

    [Fact]
    public void A_removal_goes_before_the_additions_that_wait_for_the_only_hand()
    {
        world.Options = new EngineOptions { HandsMax = 1 };
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Start();
        var gone = world.Post(world.Order(1));
        world.Until(() => world.Told(gone, ReceiptState.Ok));
        script.On = (call, _) => call is { Verb: "do", Step: 0 } ? gate.Task : Task.CompletedTask;
        var busy = world.Post(world.Order(2));
        world.Until(() => script.Running == 1);
        Reservation[] waiting = [world.Order(3), world.Order(4, "upper")];
        world.Post(waiting[0], waiting[1..]);
        world.Post(Actors.Cancel(gone, world.Now));
        world.Until(() => world.Engine.Status().Ready == 3);
        script.Calls.Clear();
        gate.SetResult();
        world.Until(() => waiting.All(order => world.Told(order, ReceiptState.Ok)));
        Assert.Equal(
            new[] { busy, gone, waiting[0], waiting[1] }.Select(order => order.ComputeDigest()),
            script.Calls.Select(call => call.Order).Distinct());
    }

    [Fact]
    public void An_order_withdrawn_again_and_again_while_it_is_in_a_hand_is_in_one_hand_only()
    {
        script.On = (_, ct) => world.Time.DelayAsync(TimeSpan.FromSeconds(1), ct);
        world.Start();
        var order = world.Post(world.Order(1, lease: TimeSpan.FromSeconds(2)));
        world.Post(Actors.Cancel(order, world.Now));
        world.Post(Actors.Extend(order, world.Now, TimeSpan.FromSeconds(3), counter: 2));
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        Assert.Empty(script.There);
    }

    [Fact]
    public void Work_that_waits_for_its_next_attempt_takes_no_hand()
    {
        world.Options = new EngineOptions { HandsMax = 1, AttemptsMax = int.MaxValue };
        var bad = world.Order(1);
        script.On = (call, _) => call.Order == bad.ComputeDigest() ? throw Script.Transient() : Task.CompletedTask;
        world.Start();
        world.Post(bad);
        world.Until(() => script.Calls.Count > 3);
        var good = world.Post(world.Order(2));
        world.Until(() => world.Told(good, ReceiptState.Ok), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void The_counters_are_those_of_what_is_open()
    {
        world.Start();
        var orders = new[] { world.Order(1), world.Order(2), world.Order(3, "upper") };
        world.Post(orders[0], orders[1..]);
        world.Post(Actors.UserKey.Sign(world.Order(4) with { Kind = "unicorn", Data = CanonicalJson.Of("7") }));
        world.Until(() => orders.All(order => world.Told(order, ReceiptState.Ok)));
        Assert.Equal(new Dictionary<string, int> { ["script"] = 2, ["upper"] = 1 }, world.Engine.Status().Counters.Open);
        Assert.Equal(3, world.Engine.Status().Counters.Units.Cru);
        world.Post(Actors.Cancel(orders[0], world.Now));
        world.Until(() => world.Told(orders[0], ReceiptState.Deleted));
        Assert.Equal(1, world.Engine.Status().Counters.Open["script"]);
        Assert.Equal(["live", "live"], world.Engine.Status().Workloads.Select(status => status.State));
    }
}

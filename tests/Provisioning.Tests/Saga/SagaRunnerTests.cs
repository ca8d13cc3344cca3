using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Saga;

/// <summary>Three steps that fail in every way, on a running engine.</summary>
public sealed class SagaRunnerTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly Script script = new();
    private readonly NodeWorld world;
    private readonly Reservation order;
    private readonly Reservation neighbour;
    private readonly Digest digest;

    public SagaRunnerTests()
    {
        world = new NodeWorld(new ScriptModule(script)) { Options = new EngineOptions { AttemptsMax = 4, StuckAfter = 3 } };
        order = world.Order(1);
        neighbour = world.Order(2);
        digest = order.ComputeDigest();
    }

    public void Dispose()
    {
        Assert.Empty(script.Overlaps);
        world.Dispose();
    }

    [Fact]
    public void A_transient_fault_is_retried_with_growing_waits_and_then_it_lives()
    {
        var tries = new List<TimeSpan>();
        Fail("do", 1, call =>
        {
            tries.Add(world.Time.Elapsed);
            return call.Attempt < 4 ? Script.Transient() : null;
        });
        Begin();
        world.Until(() => world.Told(order, ReceiptState.Ok));
        Assert.Equal(["do 0", "do 1", "do 1", "do 1", "do 1", "do 2"], script.CallsOf(order));
        var waits = tries.Zip(tries.Skip(1), (from, to) => (to - from).TotalSeconds).ToList();
        Assert.Collection(
            waits,
            wait => Assert.InRange(wait, 1, 1.25),
            wait => Assert.InRange(wait, 2, 2.5),
            wait => Assert.InRange(wait, 4, 5));
        world.Pass(Minute);
        Assert.Equal(
            ["planned", "started", "done", "started", "done", "started", "done", "live", "acknowledged"],
            world.EntriesOf(order));
    }

    [Fact]
    public void A_transient_fault_that_stays_fails_the_order_and_everything_started_is_undone_in_reverse()
    {
        Fail("do", 1, _ => Script.Transient("still busy"));
        Begin();
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        world.Pass(Minute);
        Assert.Equal(["do 0", "do 1", "do 1", "do 1", "do 1", "undo 1", "undo 0"], script.CallsOf(order));
        Assert.Equal([ReceiptState.Error, ReceiptState.Deleted], world.StatesOf(order));
        Assert.Equal("still busy", world.FirstReceipt(order).Fault!.What);
        Assert.Equal("""{"made":false}""", world.FirstReceipt(order).Data.Text);
        Assert.True(world.Find(order)!.State.Closed);
        CheckNeighbour();
    }

    [Theory]
    [InlineData(FaultCode.Invalid)]
    [InlineData(FaultCode.Denied)]
    [InlineData(FaultCode.NotFound)]
    [InlineData(FaultCode.OutOfCapacity)]
    public void A_permanent_fault_fails_at_once(FaultCode code)
    {
        Fail("do", 2, _ => new FaultException(code, "impossible"));
        Begin();
        world.Until(() => world.Told(order, ReceiptState.Deleted), TimeSpan.FromSeconds(1));
        world.Pass(Minute);
        Assert.Equal(["do 0", "do 1", "do 2", "undo 2", "undo 1", "undo 0"], script.CallsOf(order));
        Assert.Equal(code, world.FirstReceipt(order).Fault!.Code);
        CheckNeighbour();
    }

    [Fact]
    public void A_bug_in_a_step_is_contained_as_internal()
    {
        Fail("do", 0, _ => new InvalidCastException("a bug"));
        Begin();
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        world.Pass(Minute);
        var fault = world.FirstReceipt(order).Fault!;
        Assert.Equal(FaultCode.Internal, fault.Code);
        Assert.Contains("a bug", fault.What, StringComparison.Ordinal);
        Assert.True(world.Find(order)!.State.Closed);
        CheckNeighbour();
    }

    [Fact]
    public void A_bug_in_an_undo_is_contained_and_the_undo_tried_again()
    {
        Fail("undo", 1, call => call.Attempt < 3 ? new InvalidCastException("a bug") : null);
        Begin();
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Post(Actors.Cancel(order, world.Now));
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        CheckNeighbour();
    }

    [Fact]
    public void A_hung_step_delays_nobody_and_is_given_up_at_the_deadline()
    {
        script.On = (call, ct) => call is { Verb: "do", Step: 1, Attempt: 1 } && call.Order == digest
            ? world.Time.DelayAsync(Timeout.InfiniteTimeSpan, ct)
            : Task.CompletedTask;
        Begin();
        world.Until(() => world.Told(neighbour, ReceiptState.Ok), TimeSpan.FromSeconds(1));
        world.Pass(world.Options.StepDeadline - TimeSpan.FromSeconds(1));
        Assert.Equal(["do 0", "do 1"], script.CallsOf(order));
        world.Pass(TimeSpan.FromSeconds(1.5));
        Assert.Equal(FaultCode.Unavailable, world.Find(order)!.Trouble!.Code);
        Assert.Contains("longer than", world.Find(order)!.Trouble!.What, StringComparison.Ordinal);
        world.Until(() => world.Told(order, ReceiptState.Ok), Minute);
    }

    [Fact]
    public void A_step_may_take_as_long_as_it_says_itself()
    {
        script.Deadline = TimeSpan.FromMinutes(20);
        script.On = (call, ct) => call is { Verb: "do", Step: 1, Attempt: 1 } && call.Order == digest
            ? world.Time.DelayAsync(Timeout.InfiniteTimeSpan, ct)
            : Task.CompletedTask;
        Begin();
        world.Pass(TimeSpan.FromMinutes(19));
        Assert.Equal(["do 0", "do 1"], script.CallsOf(order));
        world.Until(() => world.Told(order, ReceiptState.Ok), Minute * 2);
        Assert.Equal(["do 0", "do 1", "do 1", "do 2"], script.CallsOf(order));
    }

    [Theory]
    [InlineData(FaultCode.Invalid)]
    [InlineData(FaultCode.NotFound)]
    [InlineData(FaultCode.Unavailable)]
    public void What_lives_is_retried_ever_more_slowly_whatever_fails(FaultCode code)
    {
        Begin();
        world.Until(() => world.Told(order, ReceiptState.Ok));
        var tries = new List<TimeSpan>();
        Fail("do", 1, call =>
        {
            tries.Add(world.Time.Elapsed);
            return new FaultException(code, "broken");
        });
        world.Restart();
        world.Pass(TimeSpan.FromMinutes(30));
        var waits = tries.Zip(tries.Skip(1), (from, to) => (to - from).TotalSeconds).ToList();
        Assert.All(waits.Index(), wait => Assert.InRange(wait.Item, Math.Min(1 << wait.Index, 60), Math.Min(1 << wait.Index, 60) * 1.25));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Degraded], world.StatesOf(order));
    }

    [Fact]
    public void An_undo_that_fails_is_tried_for_ever_and_said_to_be_stuck_once()
    {
        var broken = true;
        Fail("undo", 1, _ => broken ? Script.Permanent("in use") : null);
        Begin();
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Post(Actors.Cancel(order, world.Now));
        world.Until(() => world.Told(order, ReceiptState.Error));
        Assert.Equal(3, script.CallsOf(order).Count(call => call == "undo 1"));
        world.Pass(TimeSpan.FromMinutes(30));
        var tries = script.CallsOf(order).Count(call => call == "undo 1");
        Assert.InRange(tries, 25, 40);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Error], world.StatesOf(order));
        Assert.Equal("in use", world.LastReceipt(order).Fault!.What);
        Assert.Equal(["stuck"], world.Engine.Status().Workloads.Where(status => status.Digest == digest).Select(status => status.State));

        world.Restart();
        world.Pass(TimeSpan.FromMinutes(5));
        Assert.True(script.CallsOf(order).Count(call => call == "undo 1") > tries);
        Assert.Equal(2, world.StatesOf(order).Count);
        broken = false;
        world.Until(() => world.Told(order, ReceiptState.Deleted), TimeSpan.FromMinutes(3));
        Assert.Equal("undo 0", script.CallsOf(order)[^1]);
    }

    [Fact]
    public void What_failed_before_a_withdrawal_does_not_count_against_the_undo()
    {
        world.Options = world.Options with { AttemptsMax = 100 };
        Fail("do", 1, _ => Script.Transient());
        Begin();
        world.Until(() => script.CallsOf(order).Count > 6);
        Fail("undo", 1, call => call.Attempt < 3 ? Script.Transient("in use") : null);
        world.Post(Actors.Cancel(order, world.Now));
        world.Until(() => world.StatesOf(order).Count > 0);
        Assert.Equal([ReceiptState.Deleted], world.StatesOf(order));
    }

    [Fact]
    public void A_withdrawal_while_a_step_runs_undoes_it()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        script.On = (call, _) => call is { Verb: "do", Step: 1 } && call.Order == digest ? gate.Task : Task.CompletedTask;
        Begin();
        world.Until(() => script.CallsOf(order).Count == 2);
        world.Post(Actors.Cancel(order, world.Now));
        world.Until(() => world.Find(order)!.State.Withdrawn);
        world.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(["do 0", "do 1"], script.CallsOf(order));
        gate.SetResult();
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        Assert.Equal(["do 0", "do 1", "undo 1", "undo 0"], script.CallsOf(order));
        Assert.Equal([ReceiptState.Deleted], world.StatesOf(order));
        Assert.DoesNotContain(script.There, effect => effect.Order == digest);
    }

    [Fact]
    public void A_withdrawal_between_two_attempts_ends_the_attempts()
    {
        Fail("do", 1, _ => Script.Transient());
        world.Options = world.Options with { AttemptsMax = 100 };
        Begin();
        world.Until(() => script.CallsOf(order).Count == 9);
        world.Post(Actors.Cancel(order, world.Now));
        world.Until(() => world.Told(order, ReceiptState.Deleted), TimeSpan.FromSeconds(2));
        Assert.Equal(["undo 1", "undo 0"], script.CallsOf(order).Skip(9));
    }

    [Fact]
    public void After_a_restart_live_work_is_ensured_again_in_order_and_nothing_is_said()
    {
        Begin();
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Pass(Minute);
        script.Calls.Clear();
        var entries = world.EntriesOf(order);
        world.Restart();
        world.Pass(Minute);
        Assert.Equal(["do 0", "do 1", "do 2"], script.CallsOf(order));
        Assert.Equal(entries, world.EntriesOf(order));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(order));
    }

    [Fact]
    public void Once_live_a_failure_degrades_and_never_destroys_and_when_mended_it_is_said()
    {
        Begin();
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Stop();
        var broken = true;
        Fail("do", 1, _ => broken ? Script.Permanent("gone") : null);
        world.Start();
        world.Until(() => world.Told(order, ReceiptState.Degraded));
        world.Pass(TimeSpan.FromMinutes(50) - Minute);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Degraded], world.StatesOf(order));
        Assert.DoesNotContain(script.CallsOf(order), call => call.StartsWith("undo", StringComparison.Ordinal));
        Assert.Equal("gone", world.LastReceipt(order).Fault!.What);

        broken = false;
        world.Until(() => world.Told(order, ReceiptState.Ok), TimeSpan.FromMinutes(2));
        Assert.Equal([1, 2, 3], world.Explorer.Inner.ReceiptsOf(digest).Select(receipt => receipt.Generation));
        Assert.Null(world.LastReceipt(order).Fault);
        Assert.Equal(6, script.There.Count);
        CheckNeighbour();
    }

    [Fact]
    public void A_stop_in_the_middle_is_carried_on_where_it_was()
    {
        script.On = (call, ct) => call is { Verb: "do", Step: 1, Attempt: 1 } && call.Order == digest
            ? world.Time.DelayAsync(Timeout.InfiniteTimeSpan, ct)
            : Task.CompletedTask;
        Begin();
        world.Until(() => script.CallsOf(order).Count == 2);
        world.Restart();
        world.Until(() => world.Told(order, ReceiptState.Ok));
        Assert.Equal(["do 0", "do 1", "do 0", "do 1", "do 2"], script.CallsOf(order));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(order));
    }

    [Fact]
    public void A_stop_in_the_middle_of_an_undo_is_carried_on()
    {
        script.On = (call, ct) => call is { Verb: "undo", Step: 1, Attempt: 1 }
            ? world.Time.DelayAsync(Timeout.InfiniteTimeSpan, ct)
            : Task.CompletedTask;
        Begin();
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Post(Actors.Cancel(order, world.Now));
        world.Until(() => script.CallsOf(order).Contains("undo 1"));
        world.Restart();
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        Assert.Equal(["undo 2", "undo 1", "undo 1", "undo 0"], script.CallsOf(order).Skip(3));
    }

    private void Begin()
    {
        world.Start();
        world.Post(order, neighbour);
    }

    private void Fail(string verb, int step, Func<ScriptCall, Exception?> fault)
    {
        var before = script.On;
        script.On = (call, ct) => call.Verb == verb && call.Step == step && call.Order == digest && fault(call) is { } e
            ? Task.FromException(e)
            : before(call, ct);
    }

    private void CheckNeighbour()
    {
        Assert.Equal([ReceiptState.Ok], world.StatesOf(neighbour));
        Assert.Equal(3, script.There.Count(effect => effect.Order == neighbour.ComputeDigest()));
    }
}

using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Needs;

/// <summary>Orders that build on others: what is needed comes first, goes last, and takes along what builds on it.</summary>
public sealed class NeedsTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly Script script = new();
    private readonly NodeWorld world;
    private readonly Reservation need;
    private readonly Reservation upper;

    public NeedsTests()
    {
        world = new NodeWorld(
            new ScriptModule(script, keepsData: true), new ScriptModule(script, "upper", rank: 1), new ScriptModule(script, "plain"));
        need = world.Order(1);
        upper = world.Upper(2, need);
    }

    public void Dispose()
    {
        Assert.Empty(script.Overlaps);
        world.Dispose();
    }

    [Fact]
    public void It_waits_until_everything_it_needs_lives_and_then_goes_on_at_once()
    {
        var gate = Hold(call => call.Order == need.ComputeDigest() && call.Step == 2);
        var other = world.Order(3);
        var both = world.Upper(4, other, need);
        world.Start();
        world.Post(need, other, both);
        world.Pass(Minute);
        Assert.True(world.Told(other, ReceiptState.Ok));
        Assert.Empty(script.CallsOf(both));
        var status = world.StatusOf(both);
        Assert.Equal(("waiting", "Wait", FaultCode.Unavailable), (status.State, status.Next, status.Trouble!.Code));
        Assert.Contains("reservation 1-1 (script, ", status.Trouble.What, StringComparison.Ordinal);

        gate.SetResult();
        world.Until(() => world.Told(both, ReceiptState.Ok), TimeSpan.FromSeconds(1));
        Assert.Equal(["do 0", "do 1", "do 2"], script.CallsOf(both));
        Assert.Equal(("live", "", null), (world.StatusOf(both).State, world.StatusOf(both).Next, world.StatusOf(both).Trouble));
    }

    [Fact]
    public void A_need_that_was_cancelled_takes_along_what_builds_on_it_and_goes_last()
    {
        var top = world.Upper(5, upper);
        Live(need, upper, top);
        script.Calls.Clear();
        world.Post(Actors.Cancel(need, world.Now));
        world.Until(() => world.Told(need, ReceiptState.Deleted), TimeSpan.FromSeconds(1));
        Assert.Equal(
            new[] { top, upper, need }.Select(order => order.ComputeDigest()),
            script.Calls.Select(call => call.Order).Distinct());
        Assert.Equal(9, script.Calls.Count(call => call.Verb == "undo"));
        Assert.All([top, upper], order => Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], world.StatesOf(order)));
        var why = world.LastReceipt(upper).Fault!;
        Assert.Equal(FaultCode.NotFound, why.Code);
        Assert.Contains("reservation 1-1 (script, ", why.What, StringComparison.Ordinal);
        Assert.EndsWith(", which ended", why.What, StringComparison.Ordinal);
        Assert.NotNull(why.Remedy);
        Assert.Contains("reservation 2-1 (upper, ", world.LastReceipt(top).Fault!.What, StringComparison.Ordinal);
        Assert.Null(world.LastReceipt(need).Fault);
        Assert.Empty(script.There);
    }

    [Fact]
    public void What_builds_on_others_may_end_alone()
    {
        Live(need, upper);
        world.Post(Actors.Cancel(upper, world.Now));
        world.Until(() => world.Told(upper, ReceiptState.Deleted));
        world.Pass(Minute);
        Assert.Null(world.LastReceipt(upper).Fault);
        Assert.Equal("live", world.StatusOf(need).State);
        world.Post(Actors.Cancel(need, world.Now));
        world.Until(() => world.Told(need, ReceiptState.Deleted), TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void When_the_lease_of_a_need_is_over_its_data_stays_and_what_builds_on_it_goes(bool cancelled)
    {
        var longer = Actors.UserKey.Sign(upper with { Duration = NodeWorld.Lease * 10 });
        Live(need, longer);
        if (cancelled)
        {
            world.Post(Actors.Cancel(need, world.Now, keepData: true));
        }

        world.Until(() => world.Told(longer, ReceiptState.Deleted), NodeWorld.Lease + Minute);
        Assert.Contains("reservation 1-1 (script, ", world.LastReceipt(longer).Fault!.What, StringComparison.Ordinal);
        world.Pass(Minute);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Expired], world.StatesOf(need));
        Assert.Equal(3, script.There.Count);

        world.Post(Actors.Extend(need, world.Now, NodeWorld.Lease * 3, counter: 2));
        world.Until(() => world.Told(need, ReceiptState.Ok));
        world.Pass(Minute);
        Assert.True(world.Find(longer)!.State.Closed);
    }

    [Fact]
    public void A_need_that_could_not_be_made_takes_along_what_waits_for_it()
    {
        script.On = (call, _) => call is { Verb: "do", Step: 1 } ? throw Script.Permanent() : Task.CompletedTask;
        world.Start();
        world.Post(need, upper);
        world.Until(() => world.Told(need, ReceiptState.Deleted));
        world.Until(() => world.Told(upper, ReceiptState.Deleted));
        Assert.Empty(script.CallsOf(upper));
        Assert.Equal([ReceiptState.Deleted], world.StatesOf(upper));
        Assert.NotNull(world.LastReceipt(upper).Fault);
    }

    [Fact]
    public void A_need_that_ends_while_a_step_runs_waits_for_the_step_and_its_undo()
    {
        var gate = Hold(call => call.Order == upper.ComputeDigest() && call is { Verb: "do", Step: 1 });
        world.Start();
        world.Post(need, upper);
        world.Until(() => script.CallsOf(upper).Contains("do 1"));
        world.Post(Actors.Cancel(need, world.Now));
        world.Pass(Minute);
        Assert.DoesNotContain("undo 2", script.CallsOf(need));
        var status = world.StatusOf(need);
        Assert.Equal(("removing", "Wait"), (status.State, status.Next));
        Assert.Contains("reservation 2-1 (upper, ", status.Trouble!.What, StringComparison.Ordinal);
        gate.SetResult();
        world.Until(() => world.Told(need, ReceiptState.Deleted));
        Assert.Equal(["undo 1", "undo 0"], script.CallsOf(upper).Skip(2));
    }

    [Fact]
    public void What_cannot_be_removed_holds_up_what_it_builds_on_and_nobody_else()
    {
        var other = world.Order(3);
        Live(need, upper, other);
        script.On = (call, _) => call.Verb == "undo" && call.Order == upper.ComputeDigest() ? throw Script.Transient() : Task.CompletedTask;
        world.Post(Actors.Cancel(need, world.Now), Actors.Cancel(other, world.Now));
        world.Until(() => world.Told(other, ReceiptState.Deleted), TimeSpan.FromSeconds(1));
        world.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal("stuck", world.StatusOf(upper).State);
        Assert.DoesNotContain("undo 2", script.CallsOf(need));
        world.Restart();
        world.Pass(TimeSpan.FromMinutes(10));
        Assert.DoesNotContain("undo 2", script.CallsOf(need));
        script.On = (_, _) => Task.CompletedTask;
        world.Until(() => world.Told(need, ReceiptState.Deleted), Minute * 2);
    }

    [Fact]
    public void After_a_restart_a_need_is_ensured_before_what_builds_on_it_whatever_its_rank()
    {
        var below = world.Upper(3);
        var plain = Actors.UserKey.Sign(world.Upper(4, below) with { Kind = "plain" });
        Live(below, plain);
        world.Stop();
        script.Calls.Clear();
        var broken = true;
        script.On = (call, _) => broken && call.Order == below.ComputeDigest() ? throw Script.Transient() : Task.CompletedTask;
        world.Start();
        world.Pass(Minute);
        Assert.Empty(script.CallsOf(plain));
        Assert.Equal(("live", "Wait"), (world.StatusOf(plain).State, world.StatusOf(plain).Next));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(plain));
        broken = false;
        world.Until(() => script.CallsOf(plain).Count == 3, Minute * 2);
        world.Pass(Minute);
        Assert.Equal(["do 0", "do 1", "do 2"], script.CallsOf(plain));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(plain));
    }

    [Fact]
    public void Waiting_for_one_that_fails_does_not_cut_its_attempts_short()
    {
        world.Options = new EngineOptions { AttemptsMax = 6 };
        var tries = new List<TimeSpan>();
        script.On = (call, _) =>
        {
            tries.Add(world.Time.Elapsed);
            throw Script.Transient();
        };
        world.Start();
        world.Post(need, upper, world.Upper(3, need), world.Upper(4, need));
        world.Until(() => world.StatesOf(need).Count > 0);
        Assert.Equal(6, tries.Count);
        var waits = tries.Zip(tries.Skip(1), (from, to) => (to - from).TotalSeconds);
        Assert.All(waits.Index(), wait => Assert.True(wait.Item >= 1 << wait.Index));
    }

    [Fact]
    public void Memory_is_promised_until_the_order_is_closed_over_restarts()
    {
        var order = Actors.Reserve(3, "script", CanonicalJson.Of("""{"memory":4096}"""), world.Now, NodeWorld.Lease);
        Live(order, upper: world.Order(4));
        Assert.Equal(new ByteSize(4096), world.Engine.Ledger.MemoryPromised);
        world.Restart();
        Assert.Equal(new ByteSize(4096), world.Engine.Ledger.MemoryPromised);
        world.Post(Actors.Cancel(order, world.Now));
        world.Until(() => world.Told(order, ReceiptState.Deleted));
        Assert.Equal(ByteSize.Zero, world.Engine.Ledger.MemoryPromised);
        world.Restart();
        Assert.Equal(ByteSize.Zero, world.Engine.Ledger.MemoryPromised);
    }

    private void Live(Reservation need, Reservation upper, params Reservation[] more)
    {
        world.Start();
        world.Post(need, [upper, .. more]);
        world.Until(() => new[] { need, upper }.Concat(more).All(order => world.Told(order, ReceiptState.Ok)));
        world.Pass(Minute);
    }

    private TaskCompletionSource Hold(Func<ScriptCall, bool> held)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        script.On = (call, _) => held(call) ? gate.Task : Task.CompletedTask;
        return gate;
    }
}

using Provision.Provisioning.Journal;
using Provision.Provisioning.Needs;
using Provision.Provisioning.Saga;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Shared;

/// <summary>Things that several orders provide and others use: the last provider waits for the users and says so.</summary>
public sealed class ShareTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly Script script = new();
    private readonly NodeWorld world;
    private readonly Reservation first;
    private readonly Reservation second;
    private readonly Reservation user;

    public ShareTests()
    {
        world = new NodeWorld(new ScriptModule(script), new ScriptModule(script, "upper", rank: 1));
        first = world.Share(1, "provides");
        second = world.Share(2, "provides");
        user = world.Share(3, "uses", lease: NodeWorld.Lease * 10);
    }

    public void Dispose()
    {
        Assert.Empty(script.Overlaps);
        world.Dispose();
    }

    [Fact]
    public void A_user_waits_for_a_provider_and_for_no_other_thing_s()
    {
        var gate = Hold(call => call.Order == first.ComputeDigest() && call.Step == 2);
        world.Start();
        world.Post(first, world.Share(4, "provides", "sort/other"), user);
        world.Pass(Minute);
        Assert.Empty(script.CallsOf(user));
        Assert.Equal("waiting", world.StatusOf(user).State);
        Assert.Contains("reservation 1-1 (script, ", world.StatusOf(user).Trouble!.What, StringComparison.Ordinal);
        gate.SetResult();
        world.Until(() => world.Told(user, ReceiptState.Ok), Second);
        Assert.Equal(["do 0", "do 1", "do 2"], script.CallsOf(user));
    }

    [Fact]
    public void The_last_provider_waits_for_its_users_and_says_so_and_takes_none_along()
    {
        var other = world.Share(4, "uses");
        Live(first, user, other);
        world.Post(Actors.Cancel(first, world.Now));
        world.Until(() => world.Told(first, ReceiptState.Error), Second);
        AssertWaits(first, user);
        world.Pass(Minute);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Error], world.StatesOf(first));

        world.Post(Actors.Cancel(user, world.Now));
        world.Until(() => world.StatesOf(first).Count == 3, Second);
        AssertWaits(first, other);
        Assert.Equal([ReceiptState.Ok], world.StatesOf(other));

        world.Post(Actors.Cancel(other, world.Now));
        world.Until(() => world.Told(first, ReceiptState.Deleted), Second);
        Assert.Empty(script.There);
        Assert.Null(world.LastReceipt(first).Fault);
        Assert.Null(world.LastReceipt(other).Fault);
    }

    [Fact]
    public void A_lease_that_ends_waits_as_a_cancel_does()
    {
        Live(first, user);
        world.Until(() => world.Told(first, ReceiptState.Error), NodeWorld.Lease + Second);
        AssertWaits(first, user);
        Assert.Equal("live", world.StatusOf(user).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_two_providers_either_may_go_at_once_and_the_other_waits(bool newest)
    {
        Live(first, second, user);
        var (goes, stays) = newest ? (second, first) : (first, second);
        world.Post(Actors.Cancel(goes, world.Now));
        world.Until(() => world.Told(goes, ReceiptState.Deleted), Second);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], world.StatesOf(goes));
        world.Post(Actors.Cancel(stays, world.Now));
        world.Until(() => world.Told(stays, ReceiptState.Error), Second);
        world.Pass(Minute);
        world.Post(Actors.Cancel(user, world.Now));
        world.Until(() => world.Told(stays, ReceiptState.Deleted), Second);
    }

    [Fact]
    public void Two_that_are_cancelled_at_once_both_wait()
    {
        Live(first, second, user);
        world.Post(Actors.Cancel(first, world.Now), Actors.Cancel(second, world.Now));
        world.Until(() => world.Told(first, ReceiptState.Error) && world.Told(second, ReceiptState.Error), Second);
        world.Pass(Minute);
        Assert.DoesNotContain(script.Calls, call => call.Verb == "undo");
        world.Post(Actors.Cancel(user, world.Now));
        world.Until(() => world.Told(first, ReceiptState.Deleted) && world.Told(second, ReceiptState.Deleted), Second);
    }

    [Fact]
    public void One_that_was_withdrawn_while_another_s_undo_ran_waits()
    {
        Live(first, second, user);
        var gate = Hold(call => call.Order == first.ComputeDigest() && call is { Verb: "undo", Step: 2 });
        world.Post(Actors.Cancel(first, world.Now));
        world.Until(() => script.CallsOf(first).Contains("undo 2"));
        world.Post(Actors.Cancel(second, world.Now));
        world.Until(() => world.Told(second, ReceiptState.Error), Second);
        gate.SetResult();
        world.Until(() => world.Told(first, ReceiptState.Deleted), Second);
        world.Pass(Minute);
        Assert.Equal("live", world.StatusOf(user).State);
        Assert.DoesNotContain("undo 2", script.CallsOf(second));
    }

    [Fact]
    public void A_new_provider_lets_one_that_waits_go_when_it_lives()
    {
        Live(first, user);
        world.Post(Actors.Cancel(first, world.Now));
        world.Until(() => world.Told(first, ReceiptState.Error), Second);
        var gate = Hold(call => call.Order == second.ComputeDigest() && call.Step == 2);
        world.Post(second);
        world.Until(() => script.CallsOf(second).Contains("do 2"));
        world.Pass(Minute);
        Assert.DoesNotContain("undo 2", script.CallsOf(first));
        gate.SetResult();
        world.Until(() => world.Told(first, ReceiptState.Deleted), Second);
        Assert.Equal([ReceiptState.Ok], world.StatesOf(user));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_restart_users_of_one_that_waits_are_ensured_again_and_nothing_is_said_twice(bool reboots)
    {
        Live(first, user);
        world.Post(Actors.Cancel(first, world.Now));
        world.Until(() => world.Told(first, ReceiptState.Error));
        world.Pass(Minute);
        script.Calls.Clear();
        if (reboots)
        {
            world.Reboot();
        }
        else
        {
            world.Restart();
        }

        world.Pass(Minute);
        Assert.Equal(["do 0", "do 1", "do 2"], script.CallsOf(user));
        Assert.Empty(script.CallsOf(first));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Error], world.StatesOf(first));
        AssertWaits(first, user);
    }

    [Fact]
    public void A_user_that_never_began_is_served_by_one_that_was_withdrawn_meanwhile()
    {
        var held = true;
        script.On = (call, _) => held && call.Order == user.ComputeDigest() ? throw Script.Transient() : Task.CompletedTask;
        world.Options = new EngineOptions { AttemptsMax = 1000 };
        world.Start();
        world.Post(first, user);
        world.Until(() => world.Told(first, ReceiptState.Ok) && script.CallsOf(user).Count > 1);
        world.Post(Actors.Cancel(first, world.Now));
        world.Pass(Minute);
        held = false;
        world.Until(() => world.Told(user, ReceiptState.Ok), Minute * 2);
        AssertWaits(first, user);
    }

    [Fact]
    public void A_user_that_never_began_is_served_by_one_that_was_withdrawn_when_the_other_one_is_set_aside()
    {
        world.Options = new EngineOptions { AttemptsMax = 1000 };
        script.On = (_, _) => throw Script.Transient();
        world.Start();
        world.Post(first, second, user);
        world.Until(() => script.CallsOf(first).Count > 1 && script.CallsOf(second).Count > 1 && world.Find(user) is not null);
        world.Stop();
        var lived = new Entry.Live(world.Engine.Ledger.Answer(world.Find(first)!, ReceiptState.Ok));
        Entry[] rest =
        [
            new Entry.Done(0), new Entry.Started(1), new Entry.Done(1), new Entry.Started(2), new Entry.Done(2), lived,
            new Entry.Withdrawn(null),
        ];
        foreach (var entry in rest)
        {
            world.Append(first, entry);
        }

        world.Append(second, new Entry.Done(2));
        script.On = (_, _) => Task.CompletedTask;
        world.Start();
        Assert.Equal(second.ComputeDigest(), Assert.Single(world.Engine.Ledger.SetAside).Key);
        world.Until(() => world.Told(user, ReceiptState.Ok), Minute);
        AssertWaits(first, user);
        world.Post(Actors.Cancel(user, world.Now));
        world.Until(() => world.Told(first, ReceiptState.Deleted), Minute);
    }

    [Fact]
    public void Users_of_one_that_could_not_be_made_end_with_the_reason()
    {
        script.On = (call, _) => call is { Verb: "do", Step: 1 } ? throw Script.Permanent() : Task.CompletedTask;
        world.Start();
        world.Post(first, user);
        world.Until(() => world.Told(first, ReceiptState.Deleted) && world.Told(user, ReceiptState.Deleted), Minute);
        Assert.Empty(script.CallsOf(user));
        Assert.Equal([ReceiptState.Deleted], world.StatesOf(user));
        Assert.Contains("reservation 1-1 (script, ", world.LastReceipt(user).Fault!.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crash_before_users_of_one_that_could_not_be_made_ended_is_made_good_at_the_start()
    {
        world.Options = new EngineOptions { AttemptsMax = 1000 };
        script.On = (_, _) => throw Script.Transient();
        world.Start();
        world.Post(first, user);
        world.Until(() => script.CallsOf(first).Count > 1 && world.Find(user) is not null);
        world.Stop();
        world.Append(first, new Entry.Failed(0, Samples.Fault, world.Engine.Ledger.Answer(world.Find(first)!, ReceiptState.Error)));
        world.Append(first, new Entry.Undone(0));
        script.On = (_, _) => Task.CompletedTask;
        script.Calls.Clear();
        world.Start();

        // Nothing is left of it, but as long as it is not closed its users can tell that it failed.
        Assert.IsType<Move.Wait>(NeedRules.Next(world.Engine.Ledger, world.Find(first)!));
        world.Until(() => world.Told(user, ReceiptState.Deleted) && world.Told(first, ReceiptState.Deleted), Second);
        Assert.Contains("reservation 1-1 (script, ", world.LastReceipt(user).Fault!.What, StringComparison.Ordinal);
        Assert.Empty(script.Calls);
    }

    [Fact]
    public void Users_of_one_that_could_not_be_made_stay_for_another_one()
    {
        script.On = (call, _) =>
            call.Order == first.ComputeDigest() && call is { Verb: "do", Step: 1 } ? throw Script.Permanent() : Task.CompletedTask;
        world.Start();
        world.Post(first, second, user);
        world.Until(() => world.Told(first, ReceiptState.Deleted) && world.Told(user, ReceiptState.Ok), Minute);
    }

    [Fact]
    public void A_new_provider_that_fails_goes_at_once_and_the_old_one_waits_on()
    {
        Live(first, user);
        script.On = (call, _) =>
            call.Order == second.ComputeDigest() && call is { Verb: "do", Step: 1 } ? throw Script.Permanent() : Task.CompletedTask;
        world.Post(Actors.Cancel(first, world.Now), second);
        world.Until(() => world.Told(second, ReceiptState.Deleted), Minute);
        world.Pass(Minute);
        AssertWaits(first, user);
        Assert.Equal("live", world.StatusOf(user).State);
    }

    [Fact]
    public void One_whose_undo_fails_after_it_waited_says_that_it_is_stuck()
    {
        Live(first, user);
        world.Post(Actors.Cancel(first, world.Now));
        world.Until(() => world.Told(first, ReceiptState.Error), Second);
        script.On = (call, _) => call is { Verb: "undo" } && call.Order == first.ComputeDigest()
            ? throw Script.Transient("no way")
            : Task.CompletedTask;
        world.Post(Actors.Cancel(user, world.Now));
        world.Until(() => world.LastReceipt(first).Fault?.What == "no way", Minute * 20);
        world.Pass(Minute * 30);
        Assert.Equal("stuck", world.StatusOf(first).State);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Error, ReceiptState.Error], world.StatesOf(first));
    }

    private void AssertWaits(Reservation order, Reservation user)
    {
        var status = world.StatusOf(order);
        Assert.Equal(("removing", "Wait"), (status.State, status.Next));
        var text = $"It waits for reservation {world.Find(user)!.Id} (upper, {user.ComputeDigest().Short}), which uses it, to end";
        Assert.Equal(text, status.Trouble!.What);
        Assert.Equal(text, world.LastReceipt(order).Fault!.What);
        Assert.NotNull(world.LastReceipt(order).Fault!.Remedy);
        Assert.Equal("""{"made":true}""", world.LastReceipt(order).Data.Text);
    }

    private void Live(Reservation order, params Reservation[] more)
    {
        world.Start();
        world.Post(order, more);
        world.Until(() => more.Prepend(order).All(one => world.Told(one, ReceiptState.Ok)));
        world.Pass(Minute);
        script.Calls.Clear();
    }

    private TaskCompletionSource Hold(Func<ScriptCall, bool> held)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        script.On = (call, _) => held(call) ? gate.Task : Task.CompletedTask;
        return gate;
    }
}

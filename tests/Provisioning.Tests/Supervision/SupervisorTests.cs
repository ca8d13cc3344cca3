using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Workloads;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Supervision;

/// <summary>Containers that end by themselves, on a simulated machine, with the kinds that are really there.</summary>
public sealed class SupervisorTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly NodeWorld world = new(WorkloadCatalog.All);
    private readonly CallLog calls;
    private readonly Reservation order;
    private readonly Digest digest;

    public SupervisorTests()
    {
        calls = new CallLog(world.Time);
        world.Observer = calls;
        order = world.Container(1, lease: TimeSpan.FromHours(40));
        digest = order.ComputeDigest();
    }

    public void Dispose() => world.Dispose();

    [Fact]
    public void Each_of_two_that_end_one_after_the_other_is_started_again()
    {
        var other = world.Container(2, lease: TimeSpan.FromHours(40));
        Live(order);
        world.Post(other);
        world.Until(() => world.Told(other, ReceiptState.Ok));
        world.Machine.Containers.End(digest, 3);
        world.Pass(Minute);
        world.Machine.Containers.End(other.ComputeDigest(), 4);
        world.Pass(TimeSpan.FromHours(1));

        Assert.Equal([ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok], world.StatesOf(order));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok], world.StatesOf(other));
    }

    [Fact]
    public void The_end_of_one_that_was_made_after_the_first_look_is_told_as_it_was()
    {
        Live(order);
        world.Restart();
        world.Pass(Minute);
        var other = world.Container(2, lease: TimeSpan.FromHours(40));
        world.Post(other);
        world.Until(() => world.Told(other, ReceiptState.Ok));
        world.Machine.Containers.End(other.ComputeDigest(), 4);
        world.Until(() => world.Told(other, ReceiptState.Degraded), Minute);

        Assert.Equal("it ended with exit code 4; restart 1 in 1 s", world.LastReceipt(other).Fault!.What);
    }

    [Fact]
    public void One_that_ended_is_started_again_and_said_to_live_when_it_ran_for_a_while()
    {
        Live(order);
        world.Machine.Containers.End(digest, 3);
        world.Until(() => world.Told(order, ReceiptState.Degraded), Second / 2);
        Assert.Equal("it ended with exit code 3; restart 1 in 1 s", world.LastReceipt(order).Fault!.What);
        Assert.Equal(("degraded", 0), (world.StatusOf(order).State, world.StatusOf(order).Restarts));
        Assert.False(Runs());
        world.Until(Runs, Second * 2);
        world.Pass(Second * 4);
        Assert.True(world.Told(order, ReceiptState.Degraded));
        world.Until(() => world.Told(order, ReceiptState.Ok), Second * 2);
        Assert.Equal(("live", 1, null), (world.StatusOf(order).State, world.StatusOf(order).Restarts, world.StatusOf(order).Trouble));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok], world.StatesOf(order));
        world.Pass(TimeSpan.FromHours(1));
        Assert.Equal(3, world.StatesOf(order).Count);
        Assert.Equal(2, calls.TimesOf("containers", "ensure").Count);
    }

    [Fact]
    public void One_that_ends_over_and_over_is_started_ever_more_slowly_and_the_journal_stays_small()
    {
        var loop = world.Container(2, "exit 7", lease: TimeSpan.FromHours(40));
        world.Start();
        world.Post(loop);
        world.Until(() => world.Told(loop, ReceiptState.Degraded));
        world.Pass(TimeSpan.FromHours(3));
        var starts = calls.TimesOf("containers", "ensure");
        var waits = starts.Zip(starts.Skip(1), (from, to) => to - from).ToList();
        Assert.All(waits.Take(9).Index(), wait => Assert.InRange(wait.Item.TotalSeconds, 1 << wait.Index, (1 << wait.Index) * 1.25));
        Assert.All(waits.Skip(9), wait => Assert.InRange(wait.TotalSeconds, 300, 375));
        Assert.InRange(waits.Count, 35, 45);
        var said = world.Explorer.Inner.ReceiptsOf(loop.ComputeDigest()).Skip(1).ToList();
        Assert.All(said, receipt => Assert.Equal(ReceiptState.Degraded, receipt.State));
        Assert.Equal(
            [1, 2, 4, 8, 16, 32],
            said.Select(receipt => int.Parse(receipt.Fault!.What.Split("restart ")[1].Split(' ')[0], null)));
        Assert.Equal(waits.Count, world.StatusOf(loop).Restarts);
        Assert.StartsWith("it ended with exit code 7; restart ", world.StatusOf(loop).Trouble!.What, StringComparison.Ordinal);

        world.Post(Actors.Cancel(loop, world.Now));
        world.Until(() => world.Told(loop, ReceiptState.Deleted), Second);
        Assert.Empty(world.Containers());
    }

    [Fact]
    public void One_that_ran_for_long_starts_over_with_the_shortest_wait()
    {
        Live(order);
        Assert.InRange(EndAfter(Second), 1, 1.25);
        Assert.InRange(EndAfter(Second), 2, 2.5);
        Assert.InRange(EndAfter(Second), 4, 5);
        Assert.InRange(EndAfter(world.Options.RestartSettle - Second), 8, 10);
        Assert.InRange(EndAfter(world.Options.RestartSettle), 1, 1.25);
    }

    [Fact]
    public void A_new_daemon_adopts_what_runs_without_a_word()
    {
        Live(order);
        world.Restart();
        world.Pass(Minute);
        Assert.Equal([ReceiptState.Ok], world.StatesOf(order));
        Assert.Equal(0, Assert.Single(world.Containers()).Restarts);
        world.Machine.Containers.End(digest, 0);
        world.Until(() => world.Told(order, ReceiptState.Degraded), Second);
    }

    [Theory]
    [InlineData("ended", "it ended with exit code 9; restart 1 in 1 s")]
    [InlineData("supervisor", "its supervisor was killed: how it ended is unknown; restart 1 in 1 s")]
    [InlineData("gone", "it is not there any more; restart 1 in 1 s")]
    [InlineData("reboot", "the machine was rebooted; it is started again")]
    public void What_ended_while_no_daemon_was_there_is_said_and_started_again(string how, string text)
    {
        Live(order);
        world.Stop();
        switch (how)
        {
            case "ended":
                world.Machine.Containers.End(digest, 9);
                break;
            case "supervisor":
                world.Machine.Containers.KillSupervisor(digest);
                break;
            case "gone":
                world.Pump.Run(() => world.Machine.Containers.RemoveAsync(digest, default, CancellationToken.None).AsTask(), Minute);
                break;
            default:
                world.Machine.PowerFailure(new Random(3));
                break;
        }

        world.Start();
        world.Until(() => world.Told(order, ReceiptState.Ok) && world.StatesOf(order).Count == 3, Second * 10);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok], world.StatesOf(order));
        Assert.Equal(text, world.Explorer.Inner.ReceiptsOf(digest)[1].Fault!.What);
        Assert.True(Runs());
    }

    [Fact]
    public void A_reboot_is_waited_for_by_nobody_and_each_container_is_looked_at_once()
    {
        var orders = Enumerable.Range(10, 40).Select(n => SmallContainer(n)).ToList();
        world.Start();
        orders.ForEach(one => world.Post(one));
        world.Until(() => orders.TrueForAll(one => world.Told(one, ReceiptState.Ok)));
        world.Pass(Minute);
        calls.Seen.Clear();
        world.Reboot();
        world.Until(() => world.Containers().All(container => container.Runs), Second / 10);
        Assert.Equal(orders.Count, calls.TimesOf("containers", "find").Count);
        world.Until(() => orders.TrueForAll(one => world.StatesOf(one).Count == 3), Second * 7);
        Assert.All(orders, one => Assert.Equal([ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok], world.StatesOf(one)));
    }

    [Fact]
    public void Its_own_end_is_nothing_that_is_supervised()
    {
        Live(order);
        calls.On = call =>
        {
            if (call is { Port: "containers", Verb: "remove" })
            {
                world.Machine.Containers.End(digest, 0);
            }
        };
        world.Post(Actors.Cancel(order, world.Now));
        world.Until(() => world.Told(order, ReceiptState.Deleted), Second);
        world.Machine.Containers.End(Digest.Of("nobody"u8), 0);
        world.Pass(Minute);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], world.StatesOf(order));
    }

    [Fact]
    public void One_that_cannot_be_started_at_all_fails()
    {
        var none = Actors.Reserve(
            3, "container", CanonicalJson.Of($$"""{"flist":"{{NodeWorld.Image}}"}"""), world.Now, NodeWorld.Lease);
        world.Start();
        world.Post(none);
        world.Until(() => world.Told(none, ReceiptState.Deleted), Second);
        Assert.Equal([ReceiptState.Error, ReceiptState.Deleted], world.StatesOf(none));
        Assert.Equal(FaultCode.Invalid, world.FirstReceipt(none).Fault!.Code);
    }

    [Fact]
    public void One_that_ended_waits_for_a_volume_that_is_not_back_yet()
    {
        var volume = world.Volume(4);
        var mounting = world.Container(5, volume: volume);
        Live(volume, mounting);
        var broken = true;
        calls.Fails = call => broken && call is { Port: "storage", Verb: "ensure" };
        world.Reboot();
        world.Pass(Minute);
        Assert.Equal(("degraded", "Wait"), (world.StatusOf(mounting).State, world.StatusOf(mounting).Next));
        Assert.Contains("It waits for reservation 1-1 (volume, ", world.StatusOf(mounting).Trouble!.What, StringComparison.Ordinal);
        Assert.Single(calls.TimesOf("containers", "ensure"));
        broken = false;
        world.Until(() => world.Told(mounting, ReceiptState.Ok), Minute * 2);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok], world.StatesOf(mounting));
    }

    [Fact]
    public void A_machine_that_does_not_answer_is_asked_again()
    {
        Live(order);
        var broken = true;
        calls.Fails = call => broken && call is { Port: "containers", Verb: "find" };
        world.Restart();
        world.Pass(Minute);
        Assert.Equal(CallLog.What, world.StatusOf(order).Trouble!.What);
        Assert.Equal([ReceiptState.Ok], world.StatesOf(order));
        broken = false;
        world.Pass(Minute * 2);
        Assert.Null(world.StatusOf(order).Trouble);
        world.Machine.Containers.End(digest, 1);
        world.Until(() => world.Told(order, ReceiptState.Degraded), Second);
        world.Until(() => world.Told(order, ReceiptState.Ok), Second * 10);
    }

    private Reservation SmallContainer(int number) => Actors.Reserve(
        number,
        "container",
        CanonicalJson.Of(
            $$$"""{"flist":"{{{NodeWorld.Image}}}","entrypoint":"sleep 1","capacity":{"memory":16,"disk":16}}"""),
        world.Now,
        NodeWorld.Lease);

    private void Live(params Reservation[] orders)
    {
        world.Start();
        world.Post(orders[0], orders[1..]);
        world.Until(() => orders.All(one => world.Told(one, ReceiptState.Ok)));
        world.Pass(Second);
    }

    private bool Runs() => world.Containers().Any(container => container.Owner == digest && container.Runs);

    // How many seconds it takes until it runs again when it ends by itself after this time.
    private double EndAfter(TimeSpan span)
    {
        world.Pass(span);
        var end = world.Time.Elapsed;
        world.Machine.Containers.End(digest, 1);
        world.Until(Runs, Minute);
        return (world.Time.Elapsed - end).TotalSeconds;
    }
}

using Provision.Machine.Simulated.Faults;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Xunit;

namespace Provision.Provisioning.Tests.Sources;

/// <summary>The feed: the cursor, epochs, explorers that are away or spin.</summary>
public sealed class PollSourceTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly NodeWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void The_cursor_moves_only_after_the_entries_are_durable()
    {
        var disk = new DiskFaults();
        world.Observer = disk;
        world.Start();
        world.Pass(Minute);
        var polls = world.Explorer.Polled.Count;
        disk.Failing = "flush";
        var order = world.Post(world.Volume(1));
        world.Pass(Minute);
        Assert.Equal(polls, world.Explorer.Polled.Count);
        disk.Failing = null;
        world.Until(() => world.Told(order, ReceiptState.Ok));
        var lines = world.ReadSegments();
        var planned = lines.Index().First(line => line.Item.Entry is Entry.Planned).Index;
        Assert.DoesNotContain(lines.Take(planned), line => line.Entry is Entry.CursorMoved(_, 1));
        Assert.Contains(lines.Skip(planned), line => line.Entry is Entry.CursorMoved(_, 1));
    }

    [Fact]
    public void A_restarted_node_reads_on_where_the_journal_ends()
    {
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Explorer.Polled.Clear();
        world.Restart();
        world.Pass(Minute);
        Assert.All(world.Explorer.Polled, cursor => Assert.Equal(new FeedCursor("memory", 1), cursor));
    }

    [Fact]
    public void A_new_epoch_registers_the_node_again_and_repeats_no_effect()
    {
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Pass(Minute);
        Assert.Equal(1, world.Explorer.Inner.Registrations);
        var entries = world.EntriesOf(order);

        var other = world.Volume(2);
        FeedEntry[] all = [Entry(1, order), Entry(2, other)];
        world.Explorer.Pages.Enqueue(new FeedPage(new FeedCursor("restored", 2), all));
        world.Until(() => world.Told(other, ReceiptState.Ok));
        world.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(2, world.Explorer.Inner.Registrations);

        // The explorer that lost everything hears once more how the order stands.
        Assert.Equal([.. entries, "acknowledged"], world.EntriesOf(order));
        Assert.Equal(2, world.Volumes().Count);
        Assert.Contains(new FeedCursor("restored", 2), world.Explorer.Polled);
    }

    [Fact]
    public void What_a_restored_explorer_was_not_told_again_is_told_by_the_next_daemon()
    {
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Pass(Minute);
        world.Explorer.Inner.Receipts.Clear();
        world.Explorer.OnSend = _ => [];
        FeedPage restored = new(new FeedCursor("restored", 1), [Entry(1, order)]);
        world.Explorer.Pages.Enqueue(restored);
        world.Pass(Minute / 2);
        world.Stop();
        world.Explorer.OnSend = null;
        world.Explorer.Polled.Clear();
        world.Explorer.Pages.Enqueue(restored);

        world.Start();

        // No longer: then the explorer of this test goes back to its old epoch.
        world.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(new FeedCursor("restored", 0), world.Explorer.Polled[0]);
        Assert.Equal([ReceiptState.Ok], world.StatesOf(order));
    }

    [Fact]
    public void Registration_comes_first_and_is_tried_until_it_works()
    {
        world.Explorer.Away = true;
        world.Start();
        world.Pass(Minute * 10);
        Assert.Empty(world.Explorer.Polled);
        Assert.Null(world.Engine.Status().SinceGoodPoll);
        Assert.Contains(world.Engine.Status().Troubles, fault => fault.What == "The explorer is away");
        world.Explorer.Away = false;
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok), Minute * 2);
        world.Pass(Minute);
        Assert.Equal(1, world.Explorer.Inner.Registrations);
        Assert.Empty(world.Engine.Status().Troubles);
        Assert.InRange(world.Engine.Status().SinceGoodPoll!.Value, TimeSpan.Zero, Minute);
    }

    [Fact]
    public void When_the_machine_cannot_tell_its_pools_nothing_is_taken_and_it_is_asked_again()
    {
        var machine = new PoolsFail();
        world.Observer = machine;
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Pass(Minute);
        Assert.Null(world.Find(order));
        Assert.Equal(FeedCursor.Start.Sequence, world.Engine.Ledger.Cursor.Sequence);
        machine.Fails = false;
        world.Until(() => world.Told(order, ReceiptState.Ok), Minute * 2);
    }

    [Fact]
    public void An_explorer_that_answers_at_once_with_nothing_cannot_make_the_node_spin_or_fill_its_journal()
    {
        world.Start();
        world.Pass(Minute);
        var lines = world.ReadSegments().Count;
        var polls = world.Explorer.Polled.Count;
        for (var n = 0; n < 1000; n++)
        {
            world.Explorer.Pages.Enqueue(new FeedPage(new FeedCursor("memory", n), []));
        }

        world.Pass(Minute);
        Assert.InRange(world.Explorer.Polled.Count - polls, 1, 100);
        Assert.InRange(world.ReadSegments().Count - lines, 0, 100);
    }

    [Fact]
    public void A_restored_explorer_hears_of_every_order_on_whatever_page_it_asks()
    {
        world.Start();
        var orders = Enumerable.Range(1, 3).Select(n => world.Post(world.Volume(n))).ToList();
        world.Until(() => orders.All(order => world.Told(order, ReceiptState.Ok)));
        world.Pass(Minute);
        foreach (var (index, order) in orders.Index())
        {
            world.Explorer.Pages.Enqueue(new FeedPage(new FeedCursor("restored", index + 1), [Entry(index + 1, order)]));
        }

        world.Pass(Minute * 2);
        Assert.All(orders, order => Assert.Equal(2, world.EntriesOf(order).Count(entry => entry == "acknowledged")));
    }

    [Fact]
    public void An_explorer_that_sends_what_is_known_for_ever_cannot_make_the_node_spin_or_send()
    {
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Pass(Minute);
        var (polls, sent) = (world.Explorer.Polled.Count, world.Explorer.Sent.Count);
        for (var n = 2; n < 1000; n++)
        {
            world.Explorer.Pages.Enqueue(new FeedPage(new FeedCursor("memory", n), [Entry(n, order)]));
        }

        world.Pass(Minute);
        Assert.InRange(world.Explorer.Polled.Count - polls, 100, 200);
        Assert.Equal(sent, world.Explorer.Sent.Count);
    }

    [Fact]
    public void A_node_that_may_not_register_says_so_hears_of_orders_and_asks_again_ever_less_often()
    {
        world.Explorer.Refusal = new Fault(FaultCode.Denied, "This farm takes no node", "Ask its farmer.");
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Pass(Minute * 10);
        Assert.InRange(world.Explorer.Refused, 2, 20);
        var trouble = Assert.Single(world.Engine.Status().Troubles);
        Assert.Equal((FaultCode.Denied, "Ask its farmer."), (trouble.Code, trouble.Remedy));
        Assert.Contains("This farm takes no node", trouble.Brief, StringComparison.Ordinal);
        world.Explorer.Refusal = null;
        world.Pass(Minute * 2);
        Assert.Empty(world.Engine.Status().Troubles);
        Assert.Equal(1, world.Explorer.Inner.Registrations);
    }

    [Fact]
    public void The_engine_gets_on_whether_polls_are_answered_or_fail_and_not_while_its_disk_hangs()
    {
        var disk = new HangingDisk();
        world.Observer = disk;
        world.Start();
        world.Pass(Minute);
        Assert.InRange(world.Rounds, 2, 5);
        world.Explorer.Away = true;
        world.Pass(Minute * 10);
        Assert.InRange(world.Rounds, 8, 30);

        world.Explorer.Away = false;
        disk.Hangs = true;
        world.Post(world.Volume(1));
        world.Pass(Minute * 2);
        var rounds = world.Rounds;
        world.Pass(Minute * 10);
        Assert.Equal(rounds, world.Rounds);
    }

    [Fact]
    public void An_empty_page_proves_nothing()
    {
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Told(order, ReceiptState.Ok));
        world.Explorer.Pages.Enqueue(new FeedPage(new FeedCursor("memory", 99), []));
        world.Explorer.Pages.Enqueue(new FeedPage(FeedCursor.Start, []));
        world.Explorer.Pages.Enqueue(new FeedPage(new FeedCursor("other", 0), []));
        world.Pass(Minute * 5);
        Assert.True(world.HasVolume(order));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(order));
    }

    private static FeedEntry Entry(long sequence, Reservation order) =>
        new(sequence, new FeedReservation(new ReservationId((ulong)sequence, 1), order, []).Write());

    private sealed class PoolsFail : IMachineObserver
    {
        public bool Fails { get; set; } = true;

        public ValueTask BeforeAsync(MachineCall call) => Fails && call.Verb == "list-pools"
            ? ValueTask.FromException(Script.Transient("the pools hide"))
            : ValueTask.CompletedTask;

        public ValueTask AfterAsync(MachineCall call) => ValueTask.CompletedTask;
    }
}

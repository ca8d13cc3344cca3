using Provision.Provisioning.Sources;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Reporting;

/// <summary>The outbox, towards explorers that are away, refuse, or lie.</summary>
public sealed class ReporterTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly NodeWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_receipt_is_sent_only_when_it_is_durable()
    {
        var disk = new DiskFaults();
        world.Observer = disk;
        world.Start();
        world.Explorer.OnSend = receipts =>
        {
            foreach (var receipt in receipts)
            {
                Assert.Contains(world.ReadSegments(), line => line.Entry.Receipt?.Sequence == receipt.Sequence);
            }

            return Good(receipts);
        };
        var order = world.Post(world.Volume(1));
        world.Until(() => world.Engine.Ledger.Find(order.ComputeDigest())?.Unacknowledged.Count == 0 && world.Explorer.Sent.Count > 0);

        disk.Failing = "flush";
        var other = world.Post(world.Volume(2, 4000));
        world.Pass(Minute);
        Assert.DoesNotContain(world.Explorer.Sent.SelectMany(sent => sent), receipt => receipt.Reservation == other.ComputeDigest());
        disk.Failing = null;
        world.Pass(Minute);
        Assert.Contains(world.Explorer.Sent.SelectMany(sent => sent), receipt => receipt.Reservation == other.ComputeDigest());
    }

    [Fact]
    public void It_is_sent_with_the_same_content_until_it_is_acknowledged()
    {
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Explorer.OnSend = _ => throw new FaultException(FaultCode.Unavailable, "no answer");
        world.Until(() => world.Explorer.Sent.Count == 4);
        Assert.Contains(world.Engine.Status().Troubles, fault => fault.What == "no answer");
        Assert.Equal(1, world.Engine.Status().ReceiptsWaiting);
        world.Restart();
        world.Until(() => world.Explorer.Sent.Count == 8);
        Assert.Single(world.Explorer.Sent.Select(sent => Assert.Single(sent).ComputeHash()).Distinct());
        Assert.DoesNotContain("acknowledged", world.EntriesOf(order));

        world.Explorer.OnSend = null;
        world.Pass(Minute * 2);
        Assert.Equal([ReceiptState.Ok], world.StatesOf(order));
        Assert.Equal("acknowledged", world.EntriesOf(order)[^1]);
        Assert.Empty(world.Engine.Status().Troubles);
        var sent = world.Explorer.Sent.Count;
        world.Restart();
        world.Pass(Minute);
        Assert.Equal(sent, world.Explorer.Sent.Count);
    }

    [Fact]
    public void Receipts_of_one_order_go_in_their_order_and_the_next_waits_for_the_one_before()
    {
        world.Options = new EngineOptions { Grace = Minute };
        world.Start();
        var order = world.Volume(1, lease: Minute);
        world.Explorer.OnSend = receipts => Refuse(receipts, receipt => receipt.State == ReceiptState.Ok);
        world.Post(order);
        world.Pass(Minute * 5);
        Assert.Equal(3, world.Engine.Status().ReceiptsWaiting);
        Assert.DoesNotContain("acknowledged", world.EntriesOf(order));
        Assert.All(world.Explorer.Sent, sent => Assert.Equal(sent.OrderBy(receipt => receipt.Sequence), sent));
        Assert.All(world.Explorer.Sent, sent => Assert.Equal(ReceiptState.Ok, sent[0].State));
        world.Explorer.OnSend = null;
        world.Pass(Minute * 2);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Expired, ReceiptState.Deleted], world.StatesOf(order));
        Assert.Equal(0, world.Engine.Status().ReceiptsWaiting);
    }

    [Fact]
    public void A_refused_receipt_holds_back_no_other_order()
    {
        world.Start();
        var bad = world.Volume(1);
        world.Explorer.OnSend = receipts => Refuse(receipts, receipt => receipt.Reservation == bad.ComputeDigest());
        world.Post(bad);
        var good = Enumerable.Range(2, 8).Select(n => world.Post(world.Volume(n))).ToList();
        world.Pass(Minute);
        Assert.All(good, order => Assert.Equal("acknowledged", world.EntriesOf(order)[^1]));
        Assert.DoesNotContain("acknowledged", world.EntriesOf(bad));

        var trouble = Assert.Single(world.Engine.Status().Troubles);
        Assert.Contains(bad.ComputeDigest().ToString(), trouble.What, StringComparison.Ordinal);

        // It is tried again with waits that grow, not all the time.
        Assert.InRange(world.Explorer.Sent.Count(sent => sent.Any(receipt => receipt.Reservation == bad.ComputeDigest())), 4, 8);
        world.Explorer.OnSend = null;
        world.Pass(Minute * 2);
        Assert.Equal("acknowledged", world.EntriesOf(bad)[^1]);
        Assert.Empty(world.Engine.Status().Troubles);
    }

    public static TheoryData<string> Lies => ["nothing", "foreign", "all but the first", "each twice", "in reverse", "yes and no", "zero"];

    [Theory]
    [MemberData(nameof(Lies))]
    public void Missing_doubled_and_foreign_answers_lose_nothing(string lie)
    {
        world.Explorer.OnSend = receipts => Lie(lie, receipts);
        world.Start();
        var orders = Enumerable.Range(1, 3).Select(n => world.Post(world.Volume(n))).ToList();
        world.Pass(Minute);
        var told = orders.Count(order => world.EntriesOf(order).Contains("acknowledged"));
        Assert.Equal(lie is "nothing" or "foreign" or "zero" ? 0 : lie is "all but the first" ? 2 : 3, told);

        world.Explorer.OnSend = null;
        world.Pass(Minute * 3);
        Assert.Equal(0, world.Engine.Status().ReceiptsWaiting);
        Assert.All(orders, order => Assert.Equal(1, world.EntriesOf(order).Count(entry => entry == "acknowledged")));
        Assert.Equal(3 - told, world.Explorer.Inner.Receipts.Count);
    }

    [Fact]
    public void What_was_not_acknowledged_is_sent_after_a_restart_in_one_chain()
    {
        world.Explorer.OnSend = _ => throw new FaultException(FaultCode.Unavailable, "no answer");
        world.Start();
        var orders = Enumerable.Range(1, 5).Select(n => world.Post(world.Volume(n))).ToList();
        world.Pass(Minute);
        world.Post(Actors.Cancel(orders[0], world.Now));
        world.Until(() => world.Find(orders[0])!.State.Closed);
        world.Reboot();
        Assert.Equal(6, world.Engine.Status().ReceiptsWaiting);
        world.Post(Actors.Cancel(orders[1], world.Now));
        world.Explorer.OnSend = null;
        world.Pass(Minute * 2);
        Assert.Equal(7, world.Explorer.Inner.Receipts.Count);
        Assert.Null(ReceiptChain.Empty.Add(world.Explorer.Inner.Receipts.Values).Broken);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], world.StatesOf(orders[0]));
    }

    [Fact]
    public void Many_receipts_go_in_batches()
    {
        world.Explorer.Away = true;
        world.Start();
        world.Explorer.Away = false;
        for (var n = 1; n <= 250; n++)
        {
            world.Post(world.Volume(n, 4000));
        }

        world.Explorer.OnSend = receipts => world.Explorer.Sent.Count == 1
            ? throw new FaultException(FaultCode.Unavailable, "no answer")
            : Good(receipts);
        world.Until(() => world.Explorer.Sent.Sum(sent => sent.Count) >= 250 && world.Engine.Status().ReceiptsWaiting == 0);
        Assert.All(world.Explorer.Sent, sent => Assert.InRange(sent.Count, 1, 100));
        Assert.Equal(250, world.Explorer.Sent.SelectMany(sent => sent).DistinctBy(receipt => receipt.Sequence).Count());
    }

    private static List<ReceiptAnswer> Good(IReadOnlyList<Receipt> receipts) =>
        [.. receipts.Select(receipt => new ReceiptAnswer(receipt.Sequence, null as Fault))];

    private static List<ReceiptAnswer> Refuse(IReadOnlyList<Receipt> receipts, Func<Receipt, bool> bad)
    {
        var no = new Fault(FaultCode.Denied, "not this one");
        return [.. receipts.Select(receipt => new ReceiptAnswer(receipt.Sequence, bad(receipt) ? no : null))];
    }

    private static List<ReceiptAnswer> Lie(string lie, IReadOnlyList<Receipt> receipts)
    {
        var good = Good(receipts);
        return lie switch
        {
            "nothing" => [],
            "foreign" => [new ReceiptAnswer(4711, null as Fault), new ReceiptAnswer(-1, null as Fault)],
            "all but the first" => [.. good.Where(answer => answer.Sequence != 1)],
            "each twice" => [.. good, .. good],
            "in reverse" => [.. good.AsEnumerable().Reverse()],
            "yes and no" => [.. good, .. good.Select(answer => answer with { Fault = new Fault(FaultCode.Denied, "no") })],
            _ => [new ReceiptAnswer(0, null as Fault), new ReceiptAnswer(long.MinValue, new Fault(FaultCode.Denied, "no"))],
        };
    }
}

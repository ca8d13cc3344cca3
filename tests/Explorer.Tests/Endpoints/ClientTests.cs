using Provision.Explorer.Storage.Sqlite;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Explorer.Tests.Endpoints;

public sealed class ClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => Truncated(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task An_order_goes_in_and_comes_out_of_the_feed()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        var order = Samples.Volume(created: Now);
        var answer = await explorer.Client.SubmitAsync(order, Ct);
        Assert.Equal((order.ComputeDigest(), "1-1", true), (answer.Digest, answer.Id.ToString(), answer.Created));
        Assert.Equal(answer with { Created = false }, await explorer.Client.SubmitAsync(order, Ct));
        var page = await explorer.Client.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.Zero, Ct);
        Assert.Equal(new FeedCursor("epoch", 1), page.Next);
        Assert.Equal(order, FeedReservation.Read(Assert.Single(page.Entries).Content.ToElement()).Reservation);
    }

    [Fact]
    public async Task A_poll_over_the_wire_wakes_on_commit()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        var poll = explorer.Client.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.FromSeconds(30), Ct);
        await explorer.WaitForPollsAsync(1);
        await explorer.Client.SubmitAsync(Samples.Volume(created: Now), Ct);
        Assert.Single((await poll.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Ct)).Entries);
    }

    [Fact]
    public async Task A_poll_whose_caller_leaves_is_forgotten()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        using var leave = new CancellationTokenSource();
        var poll = explorer.Client.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.FromSeconds(30), leave.Token);
        await explorer.WaitForPollsAsync(1);
        leave.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await explorer.WaitForPollsAsync(0);
    }

    [Fact]
    public async Task A_view_round_trips_with_orders_and_receipts()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        var order = Samples.Volume(created: Now);
        var digest = (await explorer.Client.SubmitAsync(order, Ct)).Digest;
        var extend = Samples.Extend(digest);
        var cancel = Samples.Cancel(digest, 2);
        await explorer.Client.SubmitAsync(extend, Ct);
        await explorer.Client.SubmitAsync(cancel, Ct);
        var failed = Failed(order, 1);
        var receipt = Samples.Receipt(order, 2, data: """{"volume_id":"1-1"}""");
        Assert.All(await explorer.Client.SendAsync(Samples.Node, [failed, receipt], Ct), sent => Assert.Null(sent.Fault));

        var view = await explorer.Client.FindReservationAsync("1-1", Ct);
        Assert.Equal(
            ("1-1", digest, "cancelling", order.Created.AddHours(2)), (view.Id.ToString(), view.Digest, view.Status, view.Expires));
        Assert.Equal(order, view.Orders.Reservation);
        Assert.Equal([extend, cancel], view.Orders.FollowUps);
        Assert.Equal([failed, receipt], view.Receipts);
        Assert.Equal(view.Orders.Reservation, (await explorer.Client.FindReservationAsync(digest.ToString(), Ct)).Orders.Reservation);
        Assert.Equal([failed, receipt], await explorer.Client.ListReceiptsAsync(Samples.Node, 0, Ct));
        Assert.Equal([receipt], await explorer.Client.ListReceiptsAsync(Samples.Node, 1, Ct));
    }

    [Fact]
    public async Task Lists_come_whole_whatever_their_pages()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        for (var i = 0; i < 205; i++)
        {
            await explorer.Client.SubmitAsync(Samples.Volume(i % 5 == 0 ? Samples.Bob : Samples.Alice, created: Now), Ct);
        }

        var all = await explorer.Client.ListReservationsAsync(null, Samples.Node, Ct);
        Assert.Equal(Enumerable.Range(1, 205).Select(i => (ulong)i), all.Select(view => view.Id.Reservation));
        using var bob = explorer.As(Samples.Bob);
        Assert.Equal(41, (await bob.ListReservationsAsync(new UserId(Samples.Bob.PublicKey), null, Ct)).Count);
        using var other = explorer.As(Samples.OtherNodeKey);
        Assert.Empty(await other.ListReservationsAsync(null, Samples.OtherNode, Ct));
    }

    [Fact]
    public async Task Nodes_and_farms_are_listed()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        await explorer.Client.RegisterFarmAsync(Samples.Farm(), Ct);
        var node = Assert.Single(await explorer.Client.ListNodesAsync(Ct));
        Assert.Equal((Samples.Node, new FarmId(Samples.Farmer.PublicKey), "volume"), (node.Node, node.Farm, node.Kinds));
        Assert.Equal([Samples.Farm()], await explorer.Client.ListFarmsAsync(Ct));
        await explorer.Client.HealthAsync(Ct);
    }

    [Fact]
    public async Task A_node_is_found_with_what_it_offers()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        Assert.Null((await explorer.Client.FindNodeAsync(Samples.Node, Ct)).Offer);
        var offering = Samples.Registration(created: Now.AddSeconds(1), offer: Samples.Offer);
        await explorer.Client.RegisterAsync(offering, Ct);

        Assert.Equal(offering, await explorer.Client.FindNodeAsync(Samples.Node, Ct));
        Assert.Equal(Samples.Offer, Assert.Single(await explorer.Client.ListNodesAsync(Ct)).Offer);
        Assert.Equal(FaultCode.NotFound, (await FaultAsync(explorer.Client.FindNodeAsync(Samples.OtherNode, Ct))).Code);
    }

    [Fact]
    public async Task Faults_come_back_as_they_are()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        var invalid = await FaultAsync(explorer.Client.SubmitAsync(
            Samples.Alice.Sign(Samples.Unsigned(node: Samples.OtherNode, created: Now) with { Duration = TimeSpan.Zero }), Ct));
        Assert.Equal(FaultCode.Invalid, invalid.Code);
        Assert.Contains(invalid.Problems, problem => problem.Pointer == "/reservation/duration");
        Assert.Contains(
            invalid.Problems,
            problem => problem.Pointer == "/reservation/node_id" && problem.Remedy.Contains("node list", StringComparison.Ordinal));

        var order = Samples.Volume(created: Now);
        await explorer.Client.SubmitAsync(order, Ct);
        Assert.Equal(FaultCode.BadSignature, (await FaultAsync(explorer.Client.SubmitAsync(order with { Signature = default }, Ct))).Code);
        Assert.Equal(
            FaultCode.Denied,
            (await FaultAsync(explorer.Client.SubmitAsync(Samples.Cancel(order.ComputeDigest(), user: Samples.Bob), Ct))).Code);
        Assert.Equal(
            FaultCode.Conflict,
            (await FaultAsync(explorer.Client.SubmitAsync(Samples.Alice.Sign(order with { Duration = TimeSpan.FromHours(9) }), Ct))).Code);
        Assert.Equal(FaultCode.NotFound, (await FaultAsync(explorer.Client.FindReservationAsync("77-1", Ct))).Code);
        Assert.Equal(FaultCode.NotFound, (await FaultAsync(explorer.Client.FindReservationAsync("..", Ct))).Code);
        Assert.Equal(FaultCode.Invalid, (await FaultAsync(explorer.Client.FindReservationAsync("a/b?c", Ct))).Code);
    }

    [Fact]
    public async Task Receipts_are_answered_one_by_one_and_sent_in_bounded_requests()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        var order = Samples.Volume(created: Now);
        await explorer.Client.SubmitAsync(order, Ct);
        var filling = $$"""{"x":"{{new string('x', 60_000)}}"}""";
        List<Receipt> receipts = [.. Enumerable.Range(1, 20).Select(i => Samples.Receipt(order, i, data: filling))];
        receipts.AddRange(Enumerable.Range(21, 130).Select(i => Samples.Receipt(order, i)));
        receipts[3] = receipts[3] with { State = ReceiptState.Error };
        var answers = await explorer.Client.SendAsync(Samples.Node, receipts, Ct);
        Assert.Equal(receipts.Select(receipt => receipt.Sequence), answers.Select(answer => answer.Sequence));
        Assert.Equal([4], answers.Where(answer => answer.Fault is { Code: FaultCode.BadSignature }).Select(answer => answer.Sequence));
        Assert.Single(answers, answer => answer.Fault is not null);
    }

    [Fact]
    public async Task A_restart_on_sqlite_forgets_nothing()
    {
        using var folder = new TempFolder();
        var order = Samples.Volume(created: Now);
        FeedCursor cursor;
        using (var store = SqliteStore.Open(folder.Path("explorer.db")))
        {
            await using var explorer = await RunningExplorer.StartAsync(store);
            await explorer.Client.SubmitAsync(order, Ct);
            cursor = (await explorer.Client.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.Zero, Ct)).Next;
        }

        using (var store = SqliteStore.Open(folder.Path("explorer.db")))
        {
            await using var explorer = await RunningExplorer.StartAsync(store);
            Assert.False((await explorer.Client.SubmitAsync(order, Ct)).Created);
            Assert.Empty((await explorer.Client.PollAsync(Samples.Node, cursor, TimeSpan.Zero, Ct)).Entries);
            await explorer.Client.SubmitAsync(Samples.Volume(created: Now), Ct);
            Assert.Equal(cursor with { Sequence = 2 }, (await explorer.Client.PollAsync(Samples.Node, cursor, TimeSpan.Zero, Ct)).Next);
        }
    }

    [Fact]
    public async Task Stopping_answers_polls_at_once()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        var poll = explorer.Client.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.FromSeconds(30), Ct);
        await explorer.WaitForPollsAsync(1);
        var begin = TimeProvider.System.GetTimestamp();
        await explorer.StopAsync();
        Assert.Empty((await poll).Entries);
        Assert.InRange(TimeProvider.System.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    private static async Task<Fault> FaultAsync(Task work) => (await Assert.ThrowsAsync<FaultException>(() => work)).Fault;

    private static Receipt Failed(Reservation order, long sequence)
    {
        var fault = new Fault(FaultCode.OutOfCapacity, "No room", "Order less.", new Fault(FaultCode.Unavailable, "The disk is full"));
        var receipt = Samples.Receipt(order, sequence, ReceiptState.Error) with { Fault = fault };
        return receipt with { Signature = Samples.NodeKey.Sign(receipt.ToSignedBytes()) };
    }

    private static DateTimeOffset Truncated(DateTimeOffset moment) => new(
        moment.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
}

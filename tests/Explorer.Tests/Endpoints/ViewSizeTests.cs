using Provision.Explorer.Storage.Memory;
using Provision.Explorer.Tests.Feed;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Explorer.Tests.Endpoints;

/// <summary>A node that talks much keeps no owner from his reservation.</summary>
public sealed class ViewSizeTests
{
    private static readonly Reservation Order = Samples.Volume(created: Samples.Now);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_says_much_hides_nothing_from_the_owner()
    {
        // Larger than what is taken today: a database may hold receipts from before.
        var store = new MemoryStore("epoch");
        await store.AddReservationAsync(OrderVerifier.Verify(Order), Ct);
        await store.AddReceiptsAsync(Samples.Node, [.. Enumerable.Range(1, 72).Select(i => Receipt(i, 250_000))], Ct);
        await using var explorer = await RunningExplorer.StartAsync(store);

        var view = await explorer.Client.FindReservationAsync("1-1", Ct);
        Assert.Equal([69, 70, 71, 72], view.Receipts.Select(receipt => receipt.Sequence));
        var listed = Assert.Single(await explorer.Client.ListReservationsAsync(Order.User, Samples.Node, Ct));
        Assert.Equal([72], listed.Receipts.Select(receipt => receipt.Sequence));
        Assert.True((await explorer.Client.SubmitAsync(Samples.Cancel(view.Digest), Ct)).Created);
        Assert.NotEmpty(await explorer.Client.ListReceiptsAsync(Samples.Node, 0, Ct));
    }

    [Fact]
    public async Task A_list_loads_no_more_than_it_answers()
    {
        var explorer = await OrderedAsync();
        await using var views = explorer.Core.ListAsync(null, null, 0, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await views.MoveNextAsync());
        await explorer.SubmitAsync(Samples.Volume());
        Assert.True(await views.MoveNextAsync());
        Assert.Equal(2ul, views.Current.Orders.Id.Reservation);
        Assert.False(await views.MoveNextAsync());
    }

    [Fact]
    public async Task A_receipt_beyond_64_KiB_is_refused_with_a_remedy()
    {
        var explorer = await OrderedAsync();
        var answers = await explorer.Core.AcceptReceiptsAsync(Samples.Node, [Receipt(1, 1 << 16), Receipt(2, 64_000)], Ct);
        Assert.Equal(FaultCode.Invalid, answers[0].Fault?.Code);
        Assert.Contains("65536", Assert.Single(answers[0].Fault!.Problems).Remedy, StringComparison.Ordinal);
        Assert.Null(answers[1].Fault);
    }

    private static Receipt Receipt(long sequence, int size) => Samples.Receipt(Order, sequence, data: $"\"{new string('x', size)}\"");

    private static async Task<CoreUnderTest> OrderedAsync()
    {
        var explorer = await CoreUnderTest.StartAsync();
        await explorer.SubmitAsync(Order);
        return explorer;
    }
}

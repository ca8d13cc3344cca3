using Provision.Explorer.Feed;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Explorer.Tests.Feed;

public sealed class ReceiptTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receipts_are_taken_again_and_again_and_with_gaps()
    {
        var (explorer, order) = await OrderedAsync();
        Assert.Equal([null, null], await CodesAsync(explorer, Samples.Receipt(order, 9), Samples.Receipt(order, 2)));
        Assert.Equal([null], await CodesAsync(explorer, Samples.Receipt(order, 9)));
        Assert.Equal([2, 9], (await explorer.Core.ListReceiptsAsync(Samples.Node, 0, Ct)).Select(receipt => receipt.Sequence));
    }

    [Fact]
    public async Task A_chain_that_went_back_is_a_conflict()
    {
        var (explorer, order) = await OrderedAsync();
        await CodesAsync(explorer, Samples.Receipt(order, 1));
        Assert.Equal(
            [FaultCode.Conflict, null],
            await CodesAsync(explorer, Samples.Receipt(order, 1, ReceiptState.Deleted), Samples.Receipt(order, 2)));
    }

    [Fact]
    public async Task Each_bad_receipt_is_refused_and_the_good_ones_stay()
    {
        var (explorer, order) = await OrderedAsync();
        var good = Samples.Receipt(order, 1);
        Assert.Equal(
            [FaultCode.BadSignature, FaultCode.BadSignature, FaultCode.Denied, FaultCode.NotFound, FaultCode.Invalid, null],
            await CodesAsync(
                explorer,
                good with { Signature = default },
                good with { State = ReceiptState.Deleted },
                Samples.Receipt(order, 1, node: Samples.OtherNodeKey),
                Samples.Receipt(Samples.Volume(), 1),
                Samples.Receipt(order, 1, data: $"\"{new string('x', ExplorerCore.ReceiptSizeMax)}\""),
                good));
        Assert.Equal([good], await explorer.Core.ListReceiptsAsync(Samples.Node, 0, Ct));
    }

    [Fact]
    public async Task A_reservation_of_another_node_is_not_found()
    {
        var (explorer, order) = await OrderedAsync();
        var foreign = Samples.Receipt(order, 1, node: Samples.OtherNodeKey);
        Assert.Equal(FaultCode.NotFound, (await explorer.Core.AcceptReceiptsAsync(Samples.OtherNode, [foreign], Ct))[0].Fault!.Code);
    }

    [Fact]
    public async Task The_status_follows_receipts_and_cancels()
    {
        var (explorer, order) = await OrderedAsync();
        var digest = order.ComputeDigest();
        async Task<ReservationStatus> AfterAsync(params Receipt[] receipts)
        {
            await explorer.Core.AcceptReceiptsAsync(Samples.Node, receipts, Ct);
            return (await explorer.Core.FindAsync(digest, Ct))!.Status;
        }

        Receipt Later(long sequence, ReceiptState state)
        {
            var receipt = Samples.Receipt(order, sequence, state) with { Created = Samples.Now.AddSeconds(sequence) };
            return receipt with { Signature = Samples.NodeKey.Sign(receipt.ToSignedBytes()) };
        }

        Assert.Equal(ReservationStatus.Pending, await AfterAsync());
        Assert.Equal(ReservationStatus.Live, await AfterAsync(Later(1, ReceiptState.Ok)));
        Assert.Equal(ReservationStatus.Degraded, await AfterAsync(Later(2, ReceiptState.Degraded)));
        Assert.Equal(ReservationStatus.Error, await AfterAsync(Later(3, ReceiptState.Error)));
        Assert.Equal(ReservationStatus.Live, await AfterAsync(Later(4, ReceiptState.Ok)));
        await explorer.SubmitAsync(Samples.Cancel(digest));
        Assert.Equal(ReservationStatus.Cancelling, await AfterAsync(Later(5, ReceiptState.Ok)));
        Assert.Equal(ReservationStatus.Error, await AfterAsync(Later(6, ReceiptState.Error)));
        Assert.Equal(ReservationStatus.Deleted, await AfterAsync(Later(7, ReceiptState.Deleted)));
    }

    [Fact]
    public async Task The_lease_ends_where_the_last_extend_says()
    {
        var (explorer, order) = await OrderedAsync();
        await explorer.SubmitAsync(Samples.Extend(order.ComputeDigest(), 1, TimeSpan.FromHours(3)));
        await explorer.SubmitAsync(Samples.Extend(order.ComputeDigest(), 2, TimeSpan.FromHours(5)));
        Assert.Equal(Samples.Now.AddHours(5), (await explorer.Core.FindAsync(new ReservationId(1, 1), Ct))!.Expires);
    }

    private static async Task<IEnumerable<FaultCode?>> CodesAsync(CoreUnderTest explorer, params Receipt[] receipts)
    {
        var answers = await explorer.Core.AcceptReceiptsAsync(Samples.Node, receipts, Ct);
        Assert.Equal(receipts.Select(receipt => receipt.Sequence), answers.Select(answer => answer.Sequence));
        return answers.Select(answer => answer.Fault?.Code);
    }

    private static async Task<(CoreUnderTest Explorer, Reservation Order)> OrderedAsync()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var order = Samples.Volume();
        await explorer.SubmitAsync(order);
        return (explorer, order);
    }
}

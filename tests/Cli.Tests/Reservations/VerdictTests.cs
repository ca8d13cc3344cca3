using Provision.Cli.Reservations;
using Provision.Cli.Tests.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Cli.Tests.Reservations;

public sealed class VerdictTests
{
    private static readonly Fault NoRoom = new(FaultCode.OutOfCapacity, "No room", "Order less.");

    [Theory]
    [InlineData(new ReceiptState[0], false, false)]
    [InlineData(new[] { ReceiptState.Ok }, true, false)]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Degraded }, false, false)]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok }, true, false)]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Deleted }, false, true)]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Error }, false, false)]
    public void The_newest_receipt_decides(ReceiptState[] states, bool live, bool deleted)
    {
        var receipts = Receipts(states);
        Assert.Equal((live, deleted), (Verdict.Of(Goal.Live, receipts).Reached, Verdict.Of(Goal.Deleted, receipts).Reached));
    }

    [Theory]
    [InlineData(new[] { ReceiptState.Error })]
    [InlineData(new[] { ReceiptState.Error, ReceiptState.Deleted })]
    public void What_could_not_be_made_ends_the_wait_with_the_nodes_fault(ReceiptState[] states)
    {
        var verdict = Verdict.Of(Goal.Live, Receipts(states));
        Assert.Equal((false, FaultCode.OutOfCapacity, NoRoom), (verdict.Reached, verdict.Fault?.Code, verdict.Fault?.Cause));
        Assert.Equal(NoRoom.Remedy, verdict.Fault?.Remedy);
    }

    [Theory]
    [InlineData(new[] { ReceiptState.Deleted })]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Deleted })]
    public void What_is_gone_never_comes_back(ReceiptState[] states) =>
        Assert.Equal(FaultCode.Conflict, Verdict.Of(Goal.Live, Receipts(states)).Fault?.Code);

    [Fact]
    public void A_removal_that_fails_is_waited_for() =>
        Assert.Equal(new Verdict(false, null), Verdict.Of(Goal.Deleted, Receipts([ReceiptState.Ok, ReceiptState.Error])));

    private static IReadOnlyList<Receipt> Receipts(IEnumerable<ReceiptState> states)
    {
        var node = new ReceiptMaker();
        return [.. states.Select(state => node.Next(state, fault: state is ReceiptState.Error or ReceiptState.Degraded ? NoRoom : null))];
    }
}

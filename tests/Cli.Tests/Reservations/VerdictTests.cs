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
    [InlineData(new ReceiptState[0], new Goal[0])]
    [InlineData(new[] { ReceiptState.Ok }, new[] { Goal.Live })]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Degraded }, new Goal[0])]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok }, new[] { Goal.Live })]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Expired }, new[] { Goal.Over })]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Expired, ReceiptState.Ok }, new[] { Goal.Live })]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Deleted }, new[] { Goal.Over, Goal.Deleted })]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Error }, new Goal[0])]
    [InlineData(new[] { ReceiptState.Refused }, new[] { Goal.Over, Goal.Deleted })]
    internal void The_newest_receipt_decides(ReceiptState[] states, Goal[] reached)
    {
        var receipts = Receipts(states);
        Assert.Equal(reached, Enum.GetValues<Goal>().Where(goal => Verdict.Of(goal, receipts).Reached));
    }

    [Theory]
    [InlineData(new[] { ReceiptState.Error })]
    [InlineData(new[] { ReceiptState.Error, ReceiptState.Deleted })]
    [InlineData(new[] { ReceiptState.Refused })]
    public void What_could_not_be_made_ends_the_wait_with_the_nodes_fault(ReceiptState[] states)
    {
        var verdict = Verdict.Of(Goal.Live, Receipts(states));
        Assert.Equal((false, FaultCode.OutOfCapacity, NoRoom), (verdict.Reached, verdict.Fault?.Code, verdict.Fault?.Cause));
        Assert.Equal(NoRoom.Remedy, verdict.Fault?.Remedy);
    }

    [Theory]
    [InlineData(new[] { ReceiptState.Deleted })]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Deleted })]
    [InlineData(new[] { ReceiptState.Ok, ReceiptState.Expired })]
    public void What_is_gone_never_comes_back(ReceiptState[] states) =>
        Assert.Equal(FaultCode.Conflict, Verdict.Of(Goal.Live, Receipts(states)).Fault?.Code);

    [Fact]
    public void A_removal_that_fails_is_waited_for() =>
        Assert.Equal(new Verdict(false, null), Verdict.Of(Goal.Deleted, Receipts([ReceiptState.Ok, ReceiptState.Error])));

    private static IReadOnlyList<Receipt> Receipts(IEnumerable<ReceiptState> states)
    {
        var node = new ReceiptMaker();
        return [.. states.Select(state => node.Next(state, fault: HasFault(state) ? NoRoom : null))];
    }

    private static bool HasFault(ReceiptState state) => state is ReceiptState.Error or ReceiptState.Degraded or ReceiptState.Refused;
}

using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>Two grids on one machine.</summary>
public sealed class NeighbourTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_grids_side_by_side_do_not_meet(bool simulated)
    {
        await using var left = await Grids.StartAsync(simulated);
        await using var right = await Grids.StartAsync(simulated);
        var before = await right.InventoryAsync();

        var order = await left.OrderAsync();
        await left.ReceiptAsync(order, ReceiptState.Ok);

        Assert.NotEqual(left.Node, right.Node);
        Assert.Equal(before, await right.InventoryAsync());
        Assert.Equal(right.Node, Assert.Single(await right.Client.ListNodesAsync(TestContext.Current.CancellationToken)).Node);
        var unknown = await Assert.ThrowsAsync<FaultException>(() => right.CancelAsync(order));
        Assert.Equal(FaultCode.NotFound, unknown.Fault.Code);

        var tenant = new Tenant(left, order);
        await tenant.WriteAsync("hello");
        await right.Provisiond!.KillAsync();
        Assert.Equal(0, (await right.ProvisiondAsync("clean")).ExitCode);
        Assert.True(await tenant.HasAsync("hello"));
        await left.CancelAsync(order);
        await left.ReceiptAsync(order, ReceiptState.Deleted);
    }
}

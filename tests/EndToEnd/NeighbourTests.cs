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

    [Fact]
    public async Task Cleaning_one_grid_leaves_the_containers_of_the_other_running()
    {
        await using var left = await Grids.StartAsync(simulated: false);
        await using var right = await Grids.StartAsync(simulated: false);
        var (ours, theirs) = (await ContainerAsync(left), await ContainerAsync(right));
        var (first, supervisor, before) = (left.FirstProcessOf(ours), left.SupervisorOf(ours), await left.InventoryAsync());
        Assert.Empty(left.ProcessesOf(theirs));
        Assert.Empty(right.ProcessesOf(ours));
        Assert.NotEqual(Assert.Single(left.Traces.IdSlots), Assert.Single(right.Traces.IdSlots));

        await right.Provisiond!.KillAsync();
        var clean = await right.ProvisiondAsync("clean");

        Assert.True(clean.ExitCode == 0, clean.ToString());
        Assert.Empty(await right.Traces.ListAsync());
        Assert.Equal((first, supervisor), (left.FirstProcessOf(ours), left.SupervisorOf(ours)));
        Assert.Equal(before, await left.InventoryAsync());
        Assert.All(await left.RestAsync(), workload => Assert.Equal("live", workload.Value));
        await left.CancelAsync(ours);
        await left.HistoryAsync(ours, ReceiptState.Ok, ReceiptState.Deleted);
    }

    private static async Task<Digest> ContainerAsync(TestGrid grid)
    {
        var volume = await grid.OrderAsync();
        var container = await grid.OrderContainerAsync(TestImage.Install(grid), "sleep 3600", Containers.Mount(volume, "/data"));
        await grid.HistoryAsync(container, ReceiptState.Ok);
        return container;
    }
}

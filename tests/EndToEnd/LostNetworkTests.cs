using Provision.Grid;
using Provision.Reservations;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>Private networks when the daemon is killed or the machine loses its power.</summary>
public sealed class LostNetworkTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Containers_speak_to_each_other_while_no_daemon_runs_and_the_next_one_changes_nothing(bool cancelled)
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var (network, one, two) = await HaveAsync(grid, cancelled);
        var (first, second) = (grid.FirstProcessOf(one.Container), grid.FirstProcessOf(two.Container));
        var before = await grid.InventoryAsync();
        var traces = await grid.Traces.Networks.ListAsync();

        await grid.Provisiond!.KillAsync();
        await SpeakAsync(grid, one, two);
        grid.StartNode();
        await grid.PolledAsync();
        if (!cancelled)
        {
            Assert.All(await grid.RestAsync(), workload => Assert.Equal("live", workload.Value));
        }

        Assert.Equal(before, await grid.InventoryAsync());
        Assert.Equal(traces, await grid.Traces.Networks.ListAsync());
        await SpeakAsync(grid, one, two);
        Assert.Equal((first, second), (grid.FirstProcessOf(one.Container), grid.FirstProcessOf(two.Container)));
        await EndAsync(grid, cancelled, network, one, two);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_loss_of_power_containers_speak_to_each_other_at_the_same_addresses(bool cancelled)
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var (network, one, two) = await HaveAsync(grid, cancelled);
        var before = await grid.InventoryAsync();

        await grid.LosePowerAsync();
        Assert.Empty(await grid.Traces.ListAsync());
        grid.StartNode();
        foreach (var server in new[] { one, two })
        {
            await grid.HistoryAsync(server.Container, ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok);
            Assert.Equal(1, (await grid.WorkloadAsync(server.Container)).GetProperty("restarts").GetInt32());
        }

        Assert.Equal(before, await grid.InventoryAsync());
        await SpeakAsync(grid, one, two);
        await EndAsync(grid, cancelled, network, one, two);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_simulated_network_is_as_it_was_after_a_kill_and_after_a_loss_of_power(bool cancelled)
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        var (network, one, two) = await HaveAsync(grid, cancelled);
        var before = await grid.InventoryAsync();

        await grid.Provisiond!.KillAsync();
        grid.StartNode();
        await grid.PolledAsync();
        Assert.Equal(before, await grid.InventoryAsync());

        await grid.LosePowerAsync();
        grid.StartNode();
        await grid.HistoryAsync(one.Container, ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok);
        await grid.HistoryAsync(two.Container, ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok);
        Assert.Equal(before, await grid.InventoryAsync());
        await EndAsync(grid, cancelled, network, one, two);
    }

    // Cancelled: the network only waits for the two.
    private static async Task<(Digest Network, Server One, Server Two)> HaveAsync(TestGrid grid, bool cancelled)
    {
        var image = TestImage.Install(grid);
        var network = await grid.HaveNetworkAsync();
        var one = await grid.HaveServerAsync(image, "one", Networks.Join());
        var two = await grid.HaveServerAsync(image, "two", Networks.Join("10.1.1.200"));
        if (!grid.Simulated)
        {
            await SpeakAsync(grid, one, two);
        }

        if (cancelled)
        {
            await grid.CancelAsync(network);
            await grid.ReceiptAsync(network, ReceiptState.Error);
        }

        return (network, one, two);
    }

    private static async Task SpeakAsync(TestGrid grid, Server one, Server two)
    {
        await grid.ReachesAsync(one.Container, two);
        await grid.ReachesAsync(two.Container, one);
        foreach (var server in new[] { one, two })
        {
            var link = await grid.LinkAsync(server.Container);
            Assert.Contains($" {server.Ipv4}/24 ", link, StringComparison.Ordinal);
            Assert.Contains($" {server.Ipv6}/120 ", link, StringComparison.Ordinal);
        }
    }

    private static async Task EndAsync(TestGrid grid, bool cancelled, Digest network, Server one, Server two)
    {
        if (!cancelled)
        {
            Assert.DoesNotContain(
                (await grid.NodesClient.FindReservationAsync(network.ToString(), CancellationToken.None)).Receipts,
                receipt => receipt.State != ReceiptState.Ok);
            await grid.EndAsync(one.Container, two.Container, network);
        }
        else
        {
            await grid.EndAsync(one.Container, two.Container);
            await grid.ReceiptAsync(network, ReceiptState.Deleted);
        }

        Assert.Empty(await grid.Traces.Networks.ListAsync());
    }
}

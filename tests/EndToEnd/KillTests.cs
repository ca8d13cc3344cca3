using Provision.Grid;
using Provision.Reservations;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>SIGKILL at any moment of a lease: what was promised is kept, nothing happens twice, and nothing is left over.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    // About as long as an order takes to be live, or a cancel to be done, when nobody is killed.
    private static readonly TimeSpan VolumePhase = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan ContainerPhase = TimeSpan.FromMilliseconds(250);

    [Fact]
    public Task A_lease_ends_well_however_often_its_node_is_killed() => RunAsync(simulated: false, explorer: false, rounds: 3, seed: 1);

    [Fact]
    public Task A_lease_ends_well_however_often_its_simulated_node_is_killed() =>
        RunAsync(simulated: true, explorer: false, rounds: 3, seed: 2);

    [Fact]
    public Task A_lease_ends_well_however_often_its_explorer_is_killed() => RunAsync(simulated: true, explorer: true, rounds: 3, seed: 3);

    [Fact]
    public Task A_container_ends_well_however_often_its_node_is_killed() =>
        RunAsync(simulated: false, explorer: false, rounds: 2, seed: 4, containers: true);

    [Theory]
    [Trait("Tier", "long")]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public Task Many_leases_end_well_however_often_something_is_killed(bool simulated, bool explorer, bool containers) =>
        RunAsync(simulated, explorer, rounds: 25, seed: 100, containers);

    private async Task RunAsync(bool simulated, bool explorer, int rounds, int seed, bool containers = false)
    {
        await using var grid = await Grids.StartAsync(simulated);
        var killer = new Killer(grid, explorer, new Random(seed));
        var image = TestImage.Install(grid);
        var before = InventoryText.WithoutImages(await grid.InventoryAsync());
        var orders = new List<Digest>();
        for (var round = 0; round < rounds; round++)
        {
            orders.AddRange(containers ? await ContainerAsync(grid, killer, image) : [await LeaseAsync(grid, killer)]);
            Assert.Equal(before, InventoryText.WithoutImages(await grid.InventoryAsync()));
        }

        output.WriteLine($"{killer.Count} kills, {orders.Count} leases, seed {seed}");
        Assert.True(killer.Count >= 3 * rounds);
        Assert.Empty(grid.Traces.Groups);
        Assert.Empty(grid.Traces.IdSlots);
        Assert.Empty(grid.Traces.Supervisors);
        Assert.Empty(await grid.Traces.Networks.ListAsync());
        var receipts = await grid.ReceiptsAsync();
        var chain = ReceiptChain.Empty.Add(receipts);
        Assert.Null(chain.Broken);
        Assert.Equal(1, chain.First);
        Assert.Equal(
            orders.SelectMany(order => (string[])[$"{order} Deleted", $"{order} Ok"]).Order(StringComparer.Ordinal),
            receipts.Select(receipt => $"{receipt.Reservation} {receipt.State}").Order(StringComparer.Ordinal));
    }

    private static async Task<Digest> LeaseAsync(TestGrid grid, Killer killer)
    {
        var strike = killer.StrikeAsync(VolumePhase);
        var order = await grid.OrderAsync();
        await strike;
        await grid.ReceiptAsync(order, ReceiptState.Ok);

        var tenant = new Tenant(grid, order);
        await tenant.WriteAsync("hello");
        strike = killer.StrikeAsync(VolumePhase);
        Assert.True(await tenant.IsLimitedAsync());
        await strike;
        Assert.True(await tenant.HasAsync("hello"));

        strike = killer.StrikeAsync(VolumePhase);
        await grid.CancelAsync(order);
        await strike;
        await grid.ReceiptAsync(order, ReceiptState.Deleted);
        return order;
    }

    // A volume, a network and a container in both: half made, running, half gone.
    private static async Task<IReadOnlyList<Digest>> ContainerAsync(TestGrid grid, Killer killer, TestImage image)
    {
        var strike = killer.StrikeAsync(ContainerPhase);
        var volume = await grid.OrderAsync();
        var network = await grid.SubmitAsync(grid.DraftNetwork());
        var container = await grid.OrderContainerAsync(
            image, "httpd -f -h /data", Containers.Mount(volume, "/data"), Networks.Join());
        await strike;
        await grid.ReceiptAsync(volume, ReceiptState.Ok);
        await grid.ReceiptAsync(network, ReceiptState.Ok);
        var receipt = await grid.ReceiptAsync(container, ReceiptState.Ok);

        var first = grid.Simulated ? null : grid.FirstProcessOf(container);
        await killer.StrikeAsync(ContainerPhase);
        Assert.All(await grid.RestAsync(), workload => Assert.Equal("live", workload.Value));
        Assert.Equal(first is null ? [] : [first], grid.ProcessesOf(container));

        if (first is not null)
        {
            // "Not found" is an answer, too: the gateway is there, and so is the container.
            var address = Networks.AddressOf(receipt, "ipv4");
            Assert.Contains($" {address}/24 ", await grid.LinkAsync(container), StringComparison.Ordinal);
            Assert.Contains("404", (await grid.FetchAsync(container, address)).Error, StringComparison.Ordinal);
        }

        strike = killer.StrikeAsync(ContainerPhase);
        await grid.CancelAsync(container);
        await grid.CancelAsync(volume);
        await strike;
        await grid.ReceiptAsync(container, ReceiptState.Deleted);
        await grid.ReceiptAsync(volume, ReceiptState.Deleted);

        // Only now: one that is cancelled while the container is there says that it waits.
        strike = killer.StrikeAsync(VolumePhase);
        await grid.CancelAsync(network);
        await strike;
        await grid.ReceiptAsync(network, ReceiptState.Deleted);
        return [volume, network, container];
    }
}

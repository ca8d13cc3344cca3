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

    // A volume and a container that mounts it: half made, running, half gone.
    private static async Task<IReadOnlyList<Digest>> ContainerAsync(TestGrid grid, Killer killer, TestImage image)
    {
        var strike = killer.StrikeAsync(ContainerPhase);
        var volume = await grid.OrderAsync();
        var container = await grid.OrderContainerAsync(image, "sleep 3600", Containers.Mount(volume, "/data"));
        await strike;
        await grid.ReceiptAsync(volume, ReceiptState.Ok);
        await grid.ReceiptAsync(container, ReceiptState.Ok);

        var first = grid.Simulated ? null : grid.FirstProcessOf(container);
        await killer.StrikeAsync(ContainerPhase);
        Assert.All(await grid.RestAsync(), workload => Assert.Equal("live", workload.Value));
        Assert.Equal(first is null ? [] : [first], grid.ProcessesOf(container));

        strike = killer.StrikeAsync(ContainerPhase);
        await grid.CancelAsync(container);
        await grid.CancelAsync(volume);
        await strike;
        await grid.ReceiptAsync(container, ReceiptState.Deleted);
        await grid.ReceiptAsync(volume, ReceiptState.Deleted);
        return [volume, container];
    }
}

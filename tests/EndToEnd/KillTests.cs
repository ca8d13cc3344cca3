using Provision.Grid;
using Provision.Reservations;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>SIGKILL at any moment of a lease: what was promised is kept, nothing happens twice, and nothing is left over.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    // About as long as an order takes to be live, or a cancel to be done, when nobody is killed.
    private static readonly TimeSpan Phase = TimeSpan.FromMilliseconds(60);

    [Fact]
    public Task A_lease_ends_well_however_often_its_node_is_killed() => RunAsync(simulated: false, explorer: false, rounds: 3, seed: 1);

    [Fact]
    public Task A_lease_ends_well_however_often_its_simulated_node_is_killed() =>
        RunAsync(simulated: true, explorer: false, rounds: 3, seed: 2);

    [Fact]
    public Task A_lease_ends_well_however_often_its_explorer_is_killed() => RunAsync(simulated: true, explorer: true, rounds: 3, seed: 3);

    [Theory]
    [Trait("Tier", "long")]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public Task Many_leases_end_well_however_often_something_is_killed(bool simulated, bool explorer) =>
        RunAsync(simulated, explorer, rounds: 25, seed: 100);

    private async Task RunAsync(bool simulated, bool explorer, int rounds, int seed)
    {
        await using var grid = await Grids.StartAsync(simulated);
        var killer = new Killer(grid, explorer, new Random(seed));
        var before = await grid.InventoryAsync();
        var orders = new List<Digest>();
        for (var round = 0; round < rounds; round++)
        {
            orders.Add(await LeaseAsync(grid, killer));
            Assert.Equal(before, await grid.InventoryAsync());
        }

        output.WriteLine($"{killer.Count} kills, {orders.Count} leases, seed {seed}");
        Assert.True(killer.Count >= 3 * rounds);
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
        var strike = killer.StrikeAsync(Phase);
        var order = await grid.OrderAsync();
        await strike;
        await grid.ReceiptAsync(order, ReceiptState.Ok);

        var tenant = new Tenant(grid, order);
        await tenant.WriteAsync("hello");
        strike = killer.StrikeAsync(Phase);
        Assert.True(await tenant.IsLimitedAsync());
        await strike;
        Assert.True(await tenant.HasAsync("hello"));

        strike = killer.StrikeAsync(Phase);
        await grid.CancelAsync(order);
        await strike;
        await grid.ReceiptAsync(order, ReceiptState.Deleted);
        return order;
    }
}

using System.Text.Json;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>A node or a user whose clock is wrong by an hour, in either direction, against an explorer whose clock is right.</summary>
public sealed class WrongClockTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan StopTimeMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_node_keeps_what_it_has_and_hears_of_cancels(int hours)
    {
        var error = TimeSpan.FromHours(hours);
        await using var grid = await Grids.StartAsync(simulated: true);
        var order = await grid.OrderAsync(duration: Lease);
        await grid.ReceiptAsync(order, ReceiptState.Ok);
        var before = await grid.InventoryAsync();

        // The lease would be over by this clock, or begin in its future; what counts is the time since boot.
        await grid.Provisiond!.StopAsync(StopTimeMax);
        grid.StartNode(environment: StartupHook.EnvironmentOf(error));
        await grid.PolledAsync();
        Assert.Equal("live", Assert.Single(await grid.RestAsync()).Value);
        Assert.Equal(before, await grid.InventoryAsync());

        await grid.CancelAsync(order);
        var deleted = await grid.ReceiptAsync(order, ReceiptState.Deleted);
        deleted.Verify();
        Assert.InRange(deleted.Created - TimeProvider.System.GetUtcNow(), error - Tolerance, error + Tolerance);
    }

    [Fact]
    public async Task A_node_whose_clock_is_slow_refuses_what_is_new_and_names_both_times()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        await grid.Provisiond!.StopAsync(StopTimeMax);
        grid.StartNode(environment: StartupHook.EnvironmentOf(TimeSpan.FromHours(-1)));
        await grid.PolledAsync();

        var refused = await grid.ReceiptAsync(await grid.OrderAsync(), ReceiptState.Refused);

        var problem = Assert.Single(refused.Fault!.Problems);
        Assert.Equal("/reservation/created", problem.Pointer);
        Assert.Contains("in the future: it is ", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_whose_clock_is_slow_orders_reads_and_cancels()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        var error = TimeSpan.FromHours(-1);

        var created = await ProvisionAsync(
            grid, error, "reservation", "create", "volume", "--size", "1", "--duration", "3h", "--follow", "--json");
        Assert.True(created.ExitCode == 0, created.ToString());
        var ordered = JsonElement.Parse(created.Output.Split('\n')[0]);
        var left = ordered.GetProperty("ends").GetDateTimeOffset() - TimeProvider.System.GetUtcNow();
        Assert.InRange(left, TimeSpan.FromHours(2) - Tolerance, TimeSpan.FromHours(2) + Tolerance);

        var id = ordered.GetProperty("id").GetString()!;
        var shown = await ProvisionAsync(grid, error, "reservation", "show", id, "--json");
        Assert.True(shown.ExitCode == 0, shown.ToString());
        var cancelled = await ProvisionAsync(grid, error, "reservation", "cancel", id, "--follow");
        Assert.True(cancelled.ExitCode == 0, cancelled.ToString());
    }

    [Fact]
    public async Task A_user_whose_clock_is_fast_reads_and_hears_what_is_wrong_when_he_orders()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        var error = TimeSpan.FromHours(1);
        var order = await grid.OrderAsync();
        await grid.ReceiptAsync(order, ReceiptState.Ok);

        var listed = await ProvisionAsync(grid, error, "reservation", "list", "--json");
        Assert.True(listed.ExitCode == 0, listed.ToString());
        Assert.Contains(order.ToString(), listed.Output, StringComparison.Ordinal);

        var refused = await ProvisionAsync(grid, error, "reservation", "create", "volume", "--size", "1", "--duration", "3h");
        Assert.Equal(ExitCodes.Of(FaultCode.Invalid), refused.ExitCode);
        Assert.Contains("/reservation/created", refused.Error, StringComparison.Ordinal);
        Assert.Contains("set the clock", refused.Error, StringComparison.Ordinal);
    }

    private static Task<CommandRun> ProvisionAsync(TestGrid grid, TimeSpan error, params string[] arguments) =>
        grid.ProvisionAsync(arguments, environment: StartupHook.EnvironmentOf(error));
}

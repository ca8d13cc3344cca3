using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>What a farmer configures is asked about new orders, and leaves alone what is leased.</summary>
public sealed class PolicyTests
{
    [Fact]
    public async Task Somebody_who_was_not_chosen_is_refused_and_what_he_leased_before_runs_on()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        var before = await grid.OrderAsync();
        await grid.ReceiptAsync(before, ReceiptState.Ok);
        var chosen = KeyPair.Create();
        await RestartAsync(grid, "USER", new UserId(chosen.PublicKey).ToString());

        var refused = await grid.ReceiptAsync(await grid.OrderAsync(), ReceiptState.Refused);
        Assert.Equal(FaultCode.Denied, refused.Fault!.Code);
        Assert.Contains("chosen users only", refused.Fault.What, StringComparison.Ordinal);
        await grid.ReceiptAsync(await grid.SubmitAsync(grid.Draft(), chosen), ReceiptState.Ok);
        Assert.Equal("live", (await grid.WorkloadAsync(before)).GetProperty("state").GetString());
        var told = await grid.ProvisionAsync(["node", "show", grid.Node.ToString()]);
        Assert.Contains("chosen", told.Output, StringComparison.Ordinal);
        await grid.CancelAsync(before);
        await grid.ReceiptAsync(before, ReceiptState.Deleted);
    }

    [Fact]
    public async Task A_cordoned_node_takes_nothing_new_until_it_is_opened_again()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        var before = await grid.OrderAsync();
        await grid.ReceiptAsync(before, ReceiptState.Ok);
        await RestartAsync(grid, "CORDON", "true");

        var fault = (await Assert.ThrowsAsync<FaultException>(() => grid.OrderAsync())).Fault;
        Assert.Equal("/reservation/type", Assert.Single(fault.Problems).Pointer);
        Assert.Equal("live", (await grid.WorkloadAsync(before)).GetProperty("state").GetString());
        var cordoned = (await grid.ProvisiondAsync("status")).Output;
        Assert.Contains("offered           nothing: it is cordoned", cordoned, StringComparison.Ordinal);

        await RestartAsync(grid, "CORDON", "false");
        await grid.ReceiptAsync(await grid.OrderAsync(), ReceiptState.Ok);
        var status = (await grid.ProvisiondAsync("status")).Output;
        Assert.Contains("offered           volume, network, container", status, StringComparison.Ordinal);
        Assert.Contains("offered to        everybody", status, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OFFER_SRU", "1")]
    [InlineData("RESERVE_POOL", "1")]
    public async Task What_is_beyond_the_bound_or_in_the_reserve_is_refused(string key, string value)
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        await RestartAsync(grid, key, value);
        await grid.ReceiptAsync(await grid.OrderAsync(), ReceiptState.Ok);
        var refused = await grid.ReceiptAsync(await grid.OrderAsync(), ReceiptState.Refused);
        Assert.Equal(FaultCode.OutOfCapacity, refused.Fault!.Code);
    }

    // Until the explorer knows what the node says now.
    private static async Task RestartAsync(TestGrid grid, string key, string value)
    {
        await grid.Provisiond!.StopAsync(Until.TimeMax);
        grid.StartNode(environment: new Dictionary<string, string> { [$"PROVISIOND_{key}"] = value });
        await grid.PolledAsync();
    }
}

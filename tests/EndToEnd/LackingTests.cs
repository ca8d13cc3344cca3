using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>A node whose machine lacks programs runs without the kinds that need them.</summary>
public sealed class LackingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_nft_all_but_networks_is_offered_and_networks_are_refused_by_name_until_it_is_there()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        await RefusedAsync(grid, grid.DraftNetwork(), "network", "nft is not installed", "nft");
        await KindsAsync(grid, "volume container");
        var volume = await grid.OrderAsync();
        await grid.ReceiptAsync(volume, ReceiptState.Ok);
        var status = await grid.ProvisiondAsync("status");
        Assert.Contains("lacking networks (no network): nft is not installed. Install it: ", status.Output, StringComparison.Ordinal);
        var lack = Assert.Single((await grid.Socket.StatusAsync()).GetProperty("lacking").EnumerateArray());
        Assert.Equal("networks", lack.GetProperty("ability").GetString());

        await grid.RestartAsync();
        await KindsAsync(grid, "volume network container");
        var network = await grid.HaveNetworkAsync();
        Assert.Empty((await grid.Socket.StatusAsync()).GetProperty("lacking").EnumerateArray());
        await grid.EndAsync(network, volume);
    }

    [Theory]
    [InlineData("conmon")]
    [InlineData("runc")]
    public async Task Without_what_starts_containers_those_are_refused(string program)
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        IReadOnlyList<string> programs = program == "runc" ? ["runc", "crun"] : [program];

        await RefusedAsync(grid, grid.DraftContainer(image, "sleep 1"), "container", $"{program} is not installed", programs);
        await KindsAsync(grid, "volume network");
        await grid.EndAsync(await grid.HaveNetworkAsync());
    }

    [Fact]
    public async Task Without_what_attaches_pools_their_volumes_are_kept_and_even_a_cancelled_one_is_not_taken_for_gone()
    {
        await using var grid = await Grids.StartAsync(new GridOptions(Simulated: false) { PoolSizeGiB = 4 });
        var (kept, cancelled) = (await grid.OrderAsync(), await grid.OrderAsync());
        await grid.ReceiptAsync(kept, ReceiptState.Ok);
        await grid.ReceiptAsync(cancelled, ReceiptState.Ok);
        var tenant = new Tenant(grid, kept);
        await tenant.WriteAsync("hello");

        await grid.RestartWithoutAsync("losetup");
        await KindsAsync(grid, "network");
        await grid.ReceiptAsync(kept, ReceiptState.Degraded);
        await grid.CancelAsync(cancelled);
        await Until.AnsweredAsync("a removal that is tried", async () =>
            (await grid.WorkloadAsync(cancelled)) is var workload && workload.GetProperty("state").GetString() == "removing"
                && workload.TryGetProperty("trouble", out var trouble) ? trouble.GetRawText() : null);
        Assert.DoesNotContain(await grid.ReceiptsAsync(), receipt => receipt.State == ReceiptState.Deleted);

        await grid.RestartAsync();
        await grid.ReceiptAsync(cancelled, ReceiptState.Deleted);
        await grid.HistoryAsync(kept, ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok);
        Assert.True(await tenant.HasAsync("hello"));
        await grid.EndAsync(kept);
    }

    [Fact]
    public async Task What_lives_is_degraded_and_runs_on_until_the_lack_is_gone()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        var network = await grid.HaveNetworkAsync();
        var server = await grid.HaveServerAsync(image, "served", Networks.Join());
        var process = grid.FirstProcessOf(server.Container);

        await grid.RestartWithoutAsync("nft");
        var degraded = await grid.ReceiptAsync(network, ReceiptState.Degraded);
        Assert.Contains("nft is not installed", degraded.Fault!.What, StringComparison.Ordinal);
        Assert.Equal(process, grid.FirstProcessOf(server.Container));
        await grid.ReachesAsync(server.Container, server);

        await grid.RestartAsync();
        await grid.HistoryAsync(network, ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok);
        Assert.Equal(process, grid.FirstProcessOf(server.Container));
        await grid.EndAsync(server.Container, network);
    }

    private static async Task KindsAsync(TestGrid grid, string kinds) => await grid.AnsweredAsync($"a registration of {kinds}", async () =>
        (await grid.Client.ListNodesAsync(Ct)).SingleOrDefault(node => node.Kinds == kinds)?.Kinds);

    // It was ordered of a node that still offered the kind: once it does not, its explorer refuses such orders at once.
    private static async Task RefusedAsync(
        TestGrid grid, Reservation draft, string kind, string what, params IReadOnlyList<string> programs)
    {
        await grid.Provisiond!.KillAsync();
        var order = await grid.SubmitAsync(draft);
        await grid.RestartWithoutAsync(programs);

        var receipt = (await grid.HistoryAsync(order, ReceiptState.Refused))[0];
        receipt.Verify();
        Assert.Equal(FaultCode.Unavailable, receipt.Fault!.Code);
        Assert.Contains($"the kind {kind}: {what}", receipt.Fault.What, StringComparison.Ordinal);
        Assert.Contains("another node", receipt.Fault.Remedy, StringComparison.Ordinal);
        var again = draft with { Nonce = draft.Nonce + "again" };
        var fault = (await Assert.ThrowsAsync<FaultException>(() => grid.SubmitAsync(again))).Fault;
        Assert.Equal("/reservation/type", Assert.Single(fault.Problems).Pointer);
    }
}

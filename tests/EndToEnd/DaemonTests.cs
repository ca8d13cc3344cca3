using System.Text.Json;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>The daemon's life: it stops, starts, is started twice, is alone, and is cleaned away.</summary>
public sealed class DaemonTests
{
    // Nothing is in the middle of a step, so nothing is waited for; the rest is for machines that are busy with other things.
    private static readonly TimeSpan StopTimeMax = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stopping_touches_nothing_and_the_next_start_adopts(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);
        var order = await grid.OrderAsync();
        await grid.ReceiptAsync(order, ReceiptState.Ok);
        var tenant = new Tenant(grid, order);
        await tenant.WriteAsync("hello");
        var before = await grid.InventoryAsync();

        Assert.Equal(0, await grid.Provisiond!.StopAsync(StopTimeMax));
        if (!simulated)
        {
            Assert.True(File.Exists(Path.Combine(VolumeFolder(before), "hello")));
        }

        grid.StartNode();
        await grid.PolledAsync();
        var workload = Assert.Single((await grid.Socket.StatusAsync()).GetProperty("workloads").EnumerateArray());
        Assert.Equal("live", workload.GetProperty("state").GetString());
        Assert.Equal(before, await grid.InventoryAsync());
        Assert.True(await tenant.HasAsync("hello"));
        Assert.Single(await grid.ReceiptsAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_daemon_on_the_same_folder_is_refused_and_the_first_goes_on(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);

        var second = await CommandRun.RunAsync(Programs.Provisiond, grid.NodeArguments());

        Assert.Equal(ExitCodes.Of(FaultCode.Conflict), second.ExitCode);
        Assert.Contains("error: Another daemon", second.Error, StringComparison.Ordinal);
        Assert.Contains("remedy: ", second.Error, StringComparison.Ordinal);
        var clean = await grid.ProvisiondAsync("clean");
        Assert.Equal(ExitCodes.Of(FaultCode.Conflict), clean.ExitCode);
        await grid.ReceiptAsync(await grid.OrderAsync(), ReceiptState.Ok);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lease_ends_without_an_explorer_which_hears_of_it_when_it_is_back(bool simulated)
    {
        await using var grid = await Grids.StartAsync(new GridOptions(simulated) { GraceHours = 0 });
        var before = await grid.InventoryAsync();
        var order = await grid.OrderAsync(duration: TimeSpan.FromSeconds(4));
        await grid.ReceiptAsync(order, ReceiptState.Ok);
        Assert.NotEqual(before, await grid.InventoryAsync());

        await grid.Explorer!.StopAsync(StopTimeMax * 2);
        await Until.TrueAsync("a volume that goes by itself", async () => await grid.InventoryAsync() == before);
        await Until.TrueAsync(
            "a receipt that waits", async () => await WaitingAsync(grid) == 1);
        await grid.StartExplorerAsync();

        await grid.ReceiptAsync(order, ReceiptState.Deleted);
    }

    [Fact]
    public async Task Status_inventory_and_journal_print_what_is_true()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        var order = await grid.OrderAsync();
        var receipt = await grid.ReceiptAsync(order, ReceiptState.Ok);
        await Until.TrueAsync("an acknowledged receipt", async () => await WaitingAsync(grid) == 0);

        var status = await JsonAsync(grid, "status", "--json");
        Assert.Equal(grid.Node.ToString(), status.GetProperty("node_id").GetString());
        Assert.Equal(1, status.GetProperty("open").GetProperty("volume").GetInt32());
        Assert.Equal(1, status.GetProperty("units").GetProperty("sru").GetInt32());
        Assert.Empty(status.GetProperty("troubles").EnumerateArray());
        var workload = Assert.Single(status.GetProperty("workloads").EnumerateArray());
        Assert.Equal(
            (order.ToString(), receipt.Id.ToString(), "live"),
            (Text(workload, "digest"), Text(workload, "id"), Text(workload, "state")));

        var inventory = await JsonAsync(grid, "inventory", "--json");
        var volume = Assert.Single(inventory.GetProperty("volumes").EnumerateArray());
        Assert.Equal((order.ToString(), ByteSize.PerGiB), (Text(volume, "owner"), volume.GetProperty("limit").GetInt64()));
        Assert.Equal(2 * ByteSize.PerGiB, Assert.Single(inventory.GetProperty("pools").EnumerateArray()).GetProperty("size").GetInt64());

        var journal = await grid.ProvisiondAsync("journal");
        Assert.Equal($"{order} planned started done live acknowledged", journal.Output.Trim());
        var lines = (await grid.ProvisiondAsync("journal", order.ToString()[..12])).Output.TrimEnd().Split('\n');
        Assert.Equal(["planned", "started", "done", "live", "acknowledged"], lines.Select(line => Text(JsonElement.Parse(line), "entry")));
        Assert.Equal(ExitCodes.Of(FaultCode.NotFound), (await grid.ProvisiondAsync("journal", "0000")).ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cleaning_leaves_nothing(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);
        await grid.ReceiptAsync(await grid.OrderAsync(), ReceiptState.Ok);
        await grid.Provisiond!.KillAsync();
        Assert.Equal(!simulated, (await grid.Traces.ListAsync()).Count > 0);

        var clean = await grid.ProvisiondAsync("clean");

        Assert.True(clean.ExitCode == 0, clean.ToString());
        Assert.Empty(await grid.Traces.ListAsync());
        Assert.False(Directory.Exists(grid.In("node")));
        Assert.Equal(0, (await grid.ProvisiondAsync("clean")).ExitCode);
    }

    [Fact]
    public async Task A_simulated_node_that_never_held_anything_is_cleaned()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        await grid.Provisiond!.KillAsync();

        var clean = await grid.ProvisiondAsync("clean");

        Assert.True(clean.ExitCode == 0, clean.ToString());
        Assert.False(Directory.Exists(grid.In("node")));
    }

    [Fact]
    public async Task A_folder_that_holds_other_things_is_neither_cleaned_nor_taken()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        await grid.Provisiond!.KillAsync();
        Directory.Delete(grid.In("node"), recursive: true);
        Directory.CreateDirectory(grid.In("node"));
        var precious = Path.Combine(grid.In("node"), "precious");
        await File.WriteAllTextAsync(precious, "mine", TestContext.Current.CancellationToken);

        var clean = await grid.ProvisiondAsync("clean");

        Assert.Equal(ExitCodes.Of(FaultCode.Denied), clean.ExitCode);
        Assert.Contains("holds other things", clean.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(precious));
    }

    private static async Task<int> WaitingAsync(TestGrid grid) =>
        (await grid.Socket.StatusAsync()).GetProperty("receipts_waiting").GetInt32();

    private static async Task<JsonElement> JsonAsync(TestGrid grid, params IReadOnlyList<string> arguments)
    {
        var run = await grid.ProvisiondAsync(arguments);
        Assert.True(run is { ExitCode: 0, Error: "" }, run.ToString());
        return JsonElement.Parse(run.Output);
    }

    private static string VolumeFolder(string inventory) =>
        Text(JsonElement.Parse(inventory).GetProperty("volumes").EnumerateArray().Single(), "path");

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

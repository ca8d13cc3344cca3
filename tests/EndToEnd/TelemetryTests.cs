using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Secrets;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>What a node tells of itself while it works: log, metrics, traces, status.</summary>
public sealed class TelemetryTests
{
    private readonly string secret = "secret-" + RandomNumberGenerator.GetHexString(40, lowercase: true);
    private readonly string value = "value-" + RandomNumberGenerator.GetHexString(40, lowercase: true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_of_it_holds_a_secret_a_value_of_the_environment_or_a_key(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);
        using var collector = new Collector(Ports.Free());
        var metrics = await RestartAsync(grid, collector);
        var image = TestImage.Install(grid);

        var live = await grid.SubmitAsync(WithSecrets(grid, image, "sleep 3600"));
        await grid.ReceiptAsync(live, ReceiptState.Ok);
        var refused = await grid.SubmitAsync(WithSecrets(grid, image, "sleep 3600", """
            "capacity":{"memory":4194304}
            """));
        await grid.ReceiptAsync(refused, ReceiptState.Refused);
        var failed = await grid.SubmitAsync(WithSecrets(grid, image, simulated ? $"exit 1 {value}" : $"/bin/none {value}"));
        await Until.TrueAsync("a container that does not run", async () => (await grid.ReceiptsAsync()).Any(receipt =>
            receipt.Reservation == failed && receipt.State is ReceiptState.Error or ReceiptState.Degraded));
        var address = $"http://{value}:{secret}@127.0.0.1/x.tar@sha256:{new string('0', 64)}";
        var withPassword = grid.DraftContainer(image, "true") with { Data = Containers.Data(address, "true") };
        var told = new List<string>
        {
            (await Assert.ThrowsAsync<FaultException>(() => grid.SubmitAsync(withPassword))).Fault.ToString(),
            (await grid.Socket.StatusAsync()).GetRawText(),
            (await grid.ProvisiondAsync("status")).ToString(),
            (await grid.ProvisiondAsync("doctor", "--json", "--explorer", grid.Address.ToString())).ToString(),
            await grid.InventoryAsync(),
            await FetchAsync(metrics, "/metrics"),
        };
        await grid.CancelAsync(live);
        await grid.ReceiptAsync(live, ReceiptState.Deleted);
        await grid.Provisiond!.StopAsync(Until.TimeMax);

        // Stopping sends what was not sent yet; so what follows is about all of it.
        Assert.True(collector.Has(live.ToString()));
        var log = await File.ReadAllTextAsync(grid.In("node.log"), Ct);
        Assert.Contains(live.ToString(), log, StringComparison.Ordinal);
        Needle[] needles = [new(secret), new(value), .. SeedsOf(grid)];
        Assert.All(needles, needle =>
        {
            Assert.False(needle.IsIn(log));
            Assert.False(needle.IsIn(collector.Received));
            Assert.All(told, text => Assert.False(needle.IsIn(text), text));
        });
    }

    [Fact]
    public async Task An_order_can_be_followed_by_its_digest_through_log_and_traces_and_metrics_count_it()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        using var collector = new Collector(Ports.Free());
        var metrics = await RestartAsync(grid, collector);

        var order = await grid.OrderAsync();
        await grid.ReceiptAsync(order, ReceiptState.Ok);
        var page = await FetchAsync(metrics, "/metrics");
        Assert.Contains("provision_workloads{kind=\"volume\",state=\"live\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("provision_capacity{part=\"promised\",unit=\"sru\"} 1\n", page, StringComparison.Ordinal);
        var documented = (await File.ReadAllLinesAsync(Path.Combine(Programs.Root, "docs", "operating.md"), Ct))
            .Where(line => line.StartsWith("| `provision_", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);
        var offered = page.Split('\n').Where(line => line.StartsWith("# TYPE provision_", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[2]);
        Assert.Equal(offered.Order(), documented.Order());
        Assert.Equal(page.Split('\n').First(), (await grid.Socket.MetricsAsync()).Split('\n').First());

        await grid.CancelAsync(order);
        await grid.ReceiptAsync(order, ReceiptState.Deleted);
        await grid.Provisiond!.StopAsync(Until.TimeMax);
        var lines = (await File.ReadAllLinesAsync(grid.In("node.log"), Ct)).Where(line => line.StartsWith('{'))
            .Select(line => JsonElement.Parse(line));
        var about = lines.Where(line => line.GetProperty("State").TryGetProperty("Order", out var told)
            && told.ValueEquals(order.ToString()));
        string[] said =
        [
            $"{order} is taken: volume of {new UserId(grid.User.PublicKey)}",
            $"{order}, step 0 is done: EnsureVolume",
            $"{order} is live",
            $"{order}, step 0 is undone: EnsureVolume",
            $"{order} is closed: nothing is left of it",
        ];
        Assert.Equal(said, about.Select(line => line.GetProperty("Message").GetString()));
        Assert.True(collector.Has(order.ToString()));
        Assert.True(collector.Has("EnsureVolume"));
        Assert.True(collector.Received.AsSpan().IndexOf(Convert.FromHexString(order.ToString()[..32])) >= 0);
    }

    [Theory]
    [InlineData("/status")]
    [InlineData("/inventory")]
    [InlineData("/")]
    public async Task Over_the_network_there_are_metrics_and_nothing_else(string path)
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        using var collector = new Collector(Ports.Free());
        var metrics = await RestartAsync(grid, collector);
        using var http = new HttpClient { BaseAddress = metrics };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/metrics", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(path, Ct)).StatusCode);
    }

    [Fact]
    public async Task A_collector_that_is_not_there_costs_nothing_but_spans()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        await grid.Provisiond!.StopAsync(Until.TimeMax);
        grid.StartNode(environment: new Dictionary<string, string> { ["PROVISIOND_OTLP_ENDPOINT"] = $"http://127.0.0.1:{Ports.Free()}" });
        await grid.PolledAsync();
        await grid.ReceiptAsync(await grid.OrderAsync(), ReceiptState.Ok);
        Assert.Equal(0, await grid.Provisiond.StopAsync(Until.TimeMax));
    }

    // Where metrics can be fetched.
    private static async Task<Uri> RestartAsync(TestGrid grid, Collector collector)
    {
        var port = Ports.Free();
        await grid.Provisiond!.StopAsync(Until.TimeMax);
        grid.StartNode(environment: new Dictionary<string, string>
        {
            ["PROVISIOND_OTLP_ENDPOINT"] = collector.Address,
            ["PROVISIOND_METRICS_LISTEN"] = $"127.0.0.1:{port}",
            ["PROVISIOND_LOG_LEVEL"] = "debug",
        });
        await grid.PolledAsync();
        return new Uri($"http://127.0.0.1:{port}/");
    }

    private Reservation WithSecrets(TestGrid grid, TestImage image, string entrypoint, params string[] more)
    {
        var draft = grid.DraftContainer(image, entrypoint);
        var binding = new SecretBinding(draft.User, draft.Kind, "/secret_env/TOKEN", draft.Nonce);
        var isSealed = SealedSecret.Seal(secret, grid.Node, binding);
        string[] members =
        [
            $$"""
            "env":{"PLAIN":"{{value}}"},"secret_env":{"TOKEN":"{{isSealed}}"}
            """,
            .. more,
        ];
        return draft with { Data = Containers.Data(image.Reference.ToString(), entrypoint, members) };
    }

    private static IEnumerable<Needle> SeedsOf(TestGrid grid) =>
        from file in new[] { grid.UserSeed, grid.In("node", "identity.seed") }
        select new Needle(File.ReadAllBytes(file)[^KeyPair.SeedSize..]);

    private static async Task<string> FetchAsync(Uri address, string path)
    {
        using var http = new HttpClient { BaseAddress = address };
        return await http.GetStringAsync(path, Ct);
    }
}

using System.Text;
using System.Text.Json;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>A node of Zero-OS is taken over: what it kept comes to life, and what cannot is named.</summary>
public sealed class ImportTests : IAsyncDisposable
{
    private const string Volume = "12-1";
    private const string Network = "7-1";
    private const string Container = "10-1";
    private const string Broken = "20-1";
    private const string Refused = "30-1";
    private static readonly string[] Good = [Container, Volume, Network];

    private TestGrid grid = null!;

    private string Store => grid.In("reservations");

    public ValueTask DisposeAsync() => grid.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_node_of_Zero_OS_kept_lives_on_and_importing_again_changes_nothing(bool simulated)
    {
        grid = await Grids.StartAsync(new GridOptions(simulated) { ZeroOs = true });
        FillStore(TestImage.Install(grid));

        var orders = AssertReported(await JsonAsync("import-zos", Store), "taken");

        Assert.All(await grid.RestAsync(), workload => Assert.Equal("live", workload.Value));
        await AssertShownAsync(orders);
        if (!simulated)
        {
            Assert.True(grid.FirstProcessOf(orders[Container]).Runs);
            var written = Path.Combine(await grid.VolumeFolderAsync(orders[Volume]), "hello");
            await Until.TrueAsync("what the container writes into its volume", () => Task.FromResult(File.Exists(written)));
        }

        // Nobody is told, for no explorer knows these orders; when that is known, too, nothing is left to do.
        await Until.TrueAsync("a node that gives up telling", async () => await WaitingAsync() == 0);
        var before = await StateAsync();
        Assert.Equal(orders, AssertReported(await JsonAsync("import-zos", Store), "known"));
        Assert.Equal(before, await StateAsync());

        Assert.Equal(0, await grid.Provisiond!.StopAsync(Until.TimeMax));
        grid.StartNode();
        Assert.All(await grid.RestAsync(), workload => Assert.Equal("live", workload.Value));
        await AssertShownAsync(orders);
    }

    [Fact]
    public async Task The_report_names_each_file_that_is_not_taken_with_its_reason_and_exit_codes_tell_what_stopped_it()
    {
        grid = await Grids.StartAsync(simulated: true);
        FillStore(TestImage.Install(grid));
        File.Delete(Path.Combine(Store, Volume));
        var before = await StateAsync();

        var report = (await RunAsync(0, "import-zos", Store)).Output.TrimEnd().Split('\n');

        Assert.StartsWith($"refused  {Container,-12} container ", report[0], StringComparison.Ordinal);
        Assert.Contains($"broken   {Broken}", report);
        Assert.Contains("unexpected EOF", report[Array.IndexOf(report, $"broken   {Broken}") + 2], StringComparison.Ordinal);
        Assert.Contains(report, line => line.StartsWith($"refused  {Refused,-12} zdb ", StringComparison.Ordinal));
        Assert.Contains(report, line => line.Contains("/reservation/type", StringComparison.Ordinal));
        Assert.Equal("1 taken, 0 known, 2 refused, 1 broken", report[^1]);

        // The volume that the container mounts is there now: what was refused for the lack of it is taken.
        PutVolume();
        Assert.Equal(
            "2 taken, 1 known, 1 refused, 1 broken", (await RunAsync(0, "import-zos", Store)).Output.TrimEnd().Split('\n')[^1]);
        Assert.NotEqual(before, await StateAsync());

        var nowhere = await RunAsync(FaultCode.NotFound, "import-zos", grid.In("none"));
        Assert.Contains("There is no folder", nowhere.Error, StringComparison.Ordinal);
        await RunAsync(FaultCode.Invalid, "import-zos");
        await grid.Provisiond!.KillAsync();
        var nobody = await RunAsync(FaultCode.Unavailable, "import-zos", Store);
        Assert.Contains("No daemon answers", nobody.Error, StringComparison.Ordinal);
    }

    // The bytes that Zero-OS writes, by hand: what is tested must not be what makes them.
    private void FillStore(TestImage image)
    {
        Directory.CreateDirectory(Store);
        PutVolume();
        Put(Network, "network", """{"name":"web","net_id":"","ip_range":"10.1.0.0/16","net_resources":null}""");
        Put(
            Container,
            "container",
            $$$"""
            {"flist":"{{{image.Reference}}}","flist_storage":"","env":{},"secret_env":null,"interactive":false,
            "entrypoint":"sh -c 'echo hello \u003e/data/hello; exec sleep 3600'",
            "mounts":[{"volume_id":"{{{Volume}}}","mountpoint":"/data"}],
            "network":{"network_id":"web","ips":null,"public_ip6":false},"capacity":{"cpu":0,"memory":32}}
            """.ReplaceLineEndings(""));
        Put(Refused, "zdb", """{"size":1,"mode":"seq","password":"","disk_type":"SSD","public":false}""");
        Put(Broken, "volume", """{"size":1,"type":"SSD"}""");
        using var broken = File.OpenWrite(Path.Combine(Store, Broken));
        broken.SetLength(broken.Length / 2);
    }

    private void PutVolume() => Put(Volume, "volume", """{"size":1,"type":"SSD"}""");

    private void Put(string id, string kind, string data)
    {
        var (node, user) = (grid.Node.ToString(), new UserId(grid.User.PublicKey).ToString());
        var signature = grid.User.Sign(Encoding.UTF8.GetBytes(node + user + kind + data));
        var json = $$"""
            {"id":"{{id}}","node_id":"{{node}}","user_id":"{{user}}","type":"{{kind}}","data":{{data}},
            "created":"{{Rfc3339.Format(TimeProvider.System.GetUtcNow())}}","duration":3600000000000,
            "signature":"{{signature}}","to_delete":false}
            """;
        File.WriteAllText(Path.Combine(Store, id), $"\"1.0.0\"{json.ReplaceLineEndings("")}\n");
    }

    private static Dictionary<string, Digest> AssertReported(JsonElement report, string outcome)
    {
        var other = outcome == "taken" ? "known" : "taken";
        Assert.Equal(
            (Good.Length, 0, 1, 1),
            (Number(report, outcome), Number(report, other), Number(report, "refused"), Number(report, "broken")));
        var files = report.GetProperty("files").EnumerateArray().ToDictionary(file => Text(file, "file"));
        Assert.Equal(("broken", "invalid"), (Text(files[Broken], "outcome"), Text(files[Broken].GetProperty("why"), "code")));
        Assert.Contains("unexpected EOF", files[Broken].GetProperty("why").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(("refused", "zdb"), (Text(files[Refused], "outcome"), Text(files[Refused], "kind")));
        Assert.Contains("/reservation/type", files[Refused].GetProperty("why").GetRawText(), StringComparison.Ordinal);
        Assert.All(Good, file => Assert.Equal(outcome, Text(files[file], "outcome")));
        return Good.ToDictionary(
            file => file, file => Digest.TryParse(Text(files[file], "order"), out var order) ? order : throw new FormatException(file));
    }

    private async Task AssertShownAsync(Dictionary<string, Digest> orders)
    {
        var status = await JsonAsync("status");
        Assert.True(status.GetProperty("accepts_zero_os").GetBoolean());
        Assert.Equal(
            Good.Select(id => (id, orders[id].ToString(), "live", Reservation.ZeroOsVersion)).Order(),
            status.GetProperty("workloads").EnumerateArray()
                .Select(one => (Text(one, "id"), Text(one, "digest"), Text(one, "state"), Number(one, "signature_version"))).Order());
        var lines = (await RunAsync(0, "status")).Output.Split('\n');
        Assert.Equal(Good.Length, lines.Count(line => line.Contains("(Zero-OS)", StringComparison.Ordinal)));

        var inventory = await JsonAsync("inventory");
        var volume = inventory.GetProperty("volumes").EnumerateArray().Single(one => Text(one, "owner") == orders[Volume].ToString());
        Assert.Equal(ByteSize.PerGiB, volume.GetProperty("limit").GetInt64());
        var container = Assert.Single(inventory.GetProperty("containers").EnumerateArray());
        Assert.Equal((orders[Container].ToString(), true), (Text(container, "owner"), container.GetProperty("runs").GetBoolean()));
        var network = Assert.Single(inventory.GetProperty("networks").EnumerateArray());
        Assert.Equal("10.1.1.0/24", Text(network, "subnet"));
        Assert.Equal(orders[Container].ToString(), Text(Assert.Single(network.GetProperty("members").EnumerateArray()), "owner"));
    }

    private async Task<(string Inventory, string Journal)> StateAsync() =>
        (await grid.InventoryAsync(), (await RunAsync(0, "journal")).Output);

    private async Task<int> WaitingAsync() => Number(await grid.Socket.StatusAsync(), "receipts_waiting");

    private async Task<JsonElement> JsonAsync(params IReadOnlyList<string> arguments) =>
        JsonElement.Parse((await RunAsync(0, [.. arguments, "--json"])).Output);

    private Task<CommandRun> RunAsync(FaultCode code, params IReadOnlyList<string> arguments) => RunAsync(ExitCodes.Of(code), arguments);

    private async Task<CommandRun> RunAsync(int exitCode, params IReadOnlyList<string> arguments)
    {
        var run = await grid.ProvisiondAsync(arguments);
        Assert.True(run.ExitCode == exitCode, $"{string.Join(' ', arguments)}: {run}");
        return run;
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

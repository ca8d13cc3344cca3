using System.Net;
using System.Net.Sockets;
using Provision.Grid;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>What strangers can do to a node whose metrics they can reach.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_have_few_connections_and_the_farmer_is_answered_all_the_same()
    {
        var port = Ports.Free();
        await using var grid = await Grids.StartAsync(simulated: true);
        await RestartAsync(grid, [("PROVISIOND_METRICS_LISTEN", $"127.0.0.1:{port}")]);
        var strangers = Enumerable.Range(0, 40).Select(_ => new TcpClient()).ToList();
        try
        {
            var ends = new List<Task<int>>();
            foreach (var stranger in strangers)
            {
                await stranger.ConnectAsync(IPAddress.Loopback, port, Ct);
                ends.Add(stranger.GetStream().ReadAsync(new byte[1], Ct).AsTask());
            }

            await Until.TrueAsync("connections that are closed", () => Task.FromResult(ends.Count(end => end.IsCompleted) == 8));
            Assert.All(ends.Where(end => end.IsCompletedSuccessfully), end => Assert.Equal(0, end.Result));
            Assert.True((await grid.Socket.StatusAsync()).TryGetProperty("node_id", out _));
            Assert.Contains("provision_polls_total", await grid.Socket.MetricsAsync(), StringComparison.Ordinal);
            await grid.ReceiptAsync(await grid.OrderAsync(), Reservations.ReceiptState.Ok);
        }
        finally
        {
            strangers.ForEach(stranger => stranger.Dispose());
        }
    }

    [Fact]
    public async Task No_variable_but_its_own_has_the_daemon_listen()
    {
        var ports = new[] { "Kestrel__Endpoints__X__Url", "ASPNETCORE_URLS", "URLS" }.ToDictionary(name => name, _ => Ports.Free());
        await using var grid = await Grids.StartAsync(simulated: true);
        await RestartAsync(grid, ports.Select(port => (port.Key, $"http://127.0.0.1:{port.Value}")));
        foreach (var port in ports.Values)
        {
            using var client = new TcpClient();
            var e = await Assert.ThrowsAsync<SocketException>(async () => await client.ConnectAsync(IPAddress.Loopback, port, Ct));
            Assert.Equal(SocketError.ConnectionRefused, e.SocketErrorCode);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_address_that_is_taken_or_not_of_this_machine_is_said(bool isTaken)
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        await grid.Provisiond!.StopAsync(Until.TimeMax);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = isTaken ? taken.LocalEndpoint.ToString()! : "203.0.113.7:9430";
        grid.StartNode(environment: new Dictionary<string, string> { ["PROVISIOND_METRICS_LISTEN"] = address });
        Assert.Equal(6, await grid.Provisiond.EndAsync(Until.TimeMax));
        var log = await File.ReadAllTextAsync(grid.In("node.log"), Ct);
        Assert.Contains($"Metrics cannot be offered at {address}", log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
    }

    private static async Task RestartAsync(TestGrid grid, IEnumerable<(string Name, string Value)> variables)
    {
        await grid.Provisiond!.StopAsync(Until.TimeMax);
        grid.StartNode(environment: variables.ToDictionary(variable => variable.Name, variable => variable.Value));
        await grid.PolledAsync();
    }
}

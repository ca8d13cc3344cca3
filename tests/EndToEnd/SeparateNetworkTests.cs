using System.Net;
using System.Net.Sockets;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>What private networks keep apart: tenants from each other and from the machine, and grids from other grids.</summary>
public sealed class SeparateNetworkTests
{
    [Fact]
    public async Task Networks_of_two_tenants_with_the_same_subnet_do_not_reach_each_other()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        var other = KeyPair.Create();
        await grid.HaveNetworkAsync();
        await grid.HaveNetworkAsync(user: other);
        var mine = await grid.HaveServerAsync(image, "mine", Networks.Join("10.1.1.2"));
        var same = await grid.HaveServerAsync(image, "mine-too", Networks.Join("10.1.1.3"));
        var theirs = await grid.HaveServerAsync(image, "theirs", Networks.Join("10.1.1.2"), other);
        var alone = await grid.HaveServerAsync(image, "theirs-alone", Networks.Join("10.1.1.4"), other);
        Assert.NotEqual(mine.Ipv6, theirs.Ipv6);

        await grid.ReachesAsync(same.Container, mine);
        await grid.ReachesAsync(alone.Container, theirs);
        await grid.ReachesNothingAsync(same.Container, alone.Ipv4);
        await grid.ReachesNothingAsync(same.Container, $"[{alone.Ipv6}]");
        await grid.ReachesNothingAsync(alone.Container, same.Ipv4);
        await grid.ReachesNothingAsync(alone.Container, $"[{same.Ipv6}]");

        // Nor by what the node's own router calls them, not even one that sends it there on purpose.
        var uplink = await UplinkAsync(grid, new UserId(other.PublicKey));
        await grid.ReachesNothingAsync(same.Container, uplink);
        var router = grid.Traces.Networks.Router;
        var ping = await CommandRun.RunAsync("ip", ["netns", "exec", router, "busybox", "ping", "-c", "1", "-W", "3", uplink]);
        Assert.True(ping.ExitCode != 0, ping.ToString());
        Assert.Equal("", (await CommandRun.RunAsync(
            "ip", ["netns", "exec", router, "timeout", "3", "busybox", "wget", "-q", "-O", "-", $"http://{uplink}/"])).Output);
    }

    [Fact]
    public async Task A_container_does_not_reach_the_explorer_nor_anything_else_of_the_machine()
    {
        const string address = "45.33.32.156"; // One that is not closed already for what it means.
        Networks.NeedsOwnMachine();
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        Assert.Equal(0, (await CommandRun.RunAsync("ip", ["address", "add", $"{address}/32", "dev", "lo"])).ExitCode);
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        try
        {
            listener.Server.DualMode = true;
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            await grid.HaveNetworkAsync();
            var container = (await grid.HaveServerAsync(image, "served", Networks.Join())).Container;
            var machine = (await CommandRun.RunAsync("ip", ["-o", "address"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3].Split('/')[0]).ToList();
            Assert.Contains(address, machine);
            Assert.Contains(machine, one => one.StartsWith("100.126.", StringComparison.Ordinal));
            foreach (var one in machine.Concat(["10.1.1.1", "100.127.0.1"]).Distinct())
            {
                var host = one.Contains(':', StringComparison.Ordinal) ? $"[{one}]" : one;
                await grid.ReachesNothingAsync(container, $"{host}:{port}");
                await grid.ReachesNothingAsync(container, $"{host}:{grid.Address.Port}");
            }

            Assert.False(listener.Pending());
            using var control = new TcpClient();
            await control.ConnectAsync(address, port, TestContext.Current.CancellationToken);
            Assert.True(listener.Pending());
        }
        finally
        {
            await CommandRun.RunAsync("ip", ["address", "delete", $"{address}/32", "dev", "lo"]);
        }
    }

    [Fact]
    public async Task Cleaning_one_grid_leaves_the_network_of_the_other_working()
    {
        await using var left = await Grids.StartAsync(simulated: false);
        await using var right = await Grids.StartAsync(simulated: false);
        var (one, two) = await HaveAsync(left);
        var (other, another) = await HaveAsync(right);
        await left.ReachesAsync(one.Container, two);
        await right.ReachesAsync(other.Container, another);
        var (before, traces) = (await left.InventoryAsync(), await left.Traces.Networks.ListAsync());
        var rules = await RulesAsync(left);
        Assert.Empty(traces.Intersect(await right.Traces.Networks.ListAsync()));

        await right.Provisiond!.KillAsync();
        var clean = await right.ProvisiondAsync("clean");

        Assert.True(clean.ExitCode == 0, clean.ToString());
        Assert.Empty(await right.Traces.ListAsync());
        Assert.Equal(before, await left.InventoryAsync());
        Assert.Equal(traces, await left.Traces.Networks.ListAsync());
        Assert.Equal(rules, await RulesAsync(left));
        Assert.Equal("1\n", await File.ReadAllTextAsync("/proc/sys/net/ipv4/ip_forward", TestContext.Current.CancellationToken));
        await left.ReachesAsync(one.Container, two);
        await left.ReachesAsync(two.Container, one);
        Assert.All(await left.RestAsync(), workload => Assert.Equal("live", workload.Value));
    }

    private static async Task<(Server One, Server Two)> HaveAsync(TestGrid grid)
    {
        var image = TestImage.Install(grid);
        await grid.HaveNetworkAsync();
        return (await grid.HaveServerAsync(image, "one", Networks.Join()), await grid.HaveServerAsync(image, "two", Networks.Join()));
    }

    private static async Task<string> RulesAsync(TestGrid grid)
    {
        var run = await CommandRun.RunAsync(
            "nft", ["--stateless", "list", "table", "inet", grid.Traces.Networks.Router.Replace('-', '_')]);
        return run.ExitCode == 0 ? run.Output : throw new InvalidOperationException(run.ToString());
    }

    // The address of a network's way out.
    private static async Task<string> UplinkAsync(TestGrid grid, UserId user)
    {
        var space = $"{grid.Traces.Networks.Router}-{NetworkDerivation.IdOf(user, Networks.Name)}";
        var run = await CommandRun.RunAsync("ip", ["-n", space, "-4", "-o", "address", "show", "dev", "public"]);
        return run.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3].Split('/')[0];
    }
}

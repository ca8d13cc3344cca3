using System.Globalization;
using System.Net.NetworkInformation;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>Private networks from order to removal, and the containers in them.</summary>
public sealed class NetworkTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_container_fetches_a_page_of_another_through_the_network_and_nothing_is_left(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);
        var image = TestImage.Install(grid);
        var (inventory, machine) = (InventoryText.WithoutImages(await grid.InventoryAsync()), await MachineAsync());

        // All at once: what comes first is waited for.
        var network = await grid.SubmitAsync(grid.DraftNetwork());
        var volume = await grid.OrderAsync();
        var server = await grid.OrderContainerAsync(
            image,
            "sh -c 'echo hello >/data/index.html; exec httpd -f -h /data'",
            Containers.Mount(volume, "/data"),
            Networks.Join("10.1.1.80"));
        var client = await grid.OrderContainerAsync(
            image,
            "sh -c 'until wget -q -O /data/got http://10.1.1.80/; do sleep 0.1; done; echo fetched; exec sleep 3600'",
            Containers.Mount(volume, "/data"),
            Networks.Join());

        var ok = (await grid.ReceiptAsync(network, ReceiptState.Ok)).Data.ToElement();
        Assert.Equal(("10.1.1.0/24", "10.1.1.1"), (ok.GetProperty("subnet").GetString(), ok.GetProperty("gateway").GetString()));
        var (served, fetched) = (await grid.ReceiptAsync(server, ReceiptState.Ok), await grid.ReceiptAsync(client, ReceiptState.Ok));
        Assert.Equal(("10.1.1.80", "10.1.1.2"), (Networks.AddressOf(served, "ipv4"), Networks.AddressOf(fetched, "ipv4")));
        Assert.All([served, fetched], receipt => Assert.StartsWith("fd", Networks.AddressOf(receipt, "ipv6"), StringComparison.Ordinal));
        if (!simulated)
        {
            await grid.LogAsync(client, "fetched");
            var got = Path.Combine(await grid.VolumeFolderAsync(volume), "got");
            Assert.Equal("hello\n", await File.ReadAllTextAsync(got, TestContext.Current.CancellationToken));
            await grid.ReachesAsync(client, new Server(server, "hello", "10.1.1.80", Networks.AddressOf(served, "ipv6")));
            Assert.NotEmpty(grid.Traces.Networks.Namespaces);
            Assert.NotEmpty(grid.Traces.Networks.Links);
        }

        await grid.EndAsync(client, server, volume, network);
        Assert.Equal(inventory, InventoryText.WithoutImages(await grid.InventoryAsync()));
        Assert.Empty(await grid.Traces.Networks.ListAsync());
        Assert.Equal(machine, await MachineAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_network_waits_for_its_containers_which_go_on_serving(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);
        var image = TestImage.Install(grid);
        var before = InventoryText.WithoutImages(await grid.InventoryAsync());
        var network = await grid.HaveNetworkAsync();
        var one = await grid.HaveServerAsync(image, "one", Networks.Join());
        var two = await grid.HaveServerAsync(image, "two", Networks.Join());

        await grid.CancelAsync(network);
        var waits = await grid.ReceiptAsync(network, ReceiptState.Error);
        var named = Assert.Single([one, two], server => waits.Fault!.What.Contains(server.Container.Short, StringComparison.Ordinal));
        Assert.NotEqual("", waits.Fault!.Remedy);
        await grid.RefusedAsync(grid.DraftContainer(image, "sleep 1", Networks.Join()), FaultCode.NotFound, "network/network_id");
        if (!simulated)
        {
            await grid.ReachesAsync(one.Container, two);
            await grid.ReachesAsync(two.Container, one);
        }

        await grid.EndAsync(named.Container);
        var last = named == one ? two : one;
        Assert.Equal("live", (await grid.WorkloadAsync(last.Container)).GetProperty("state").GetString());
        Assert.Contains("\"gateway\"", await grid.InventoryAsync(), StringComparison.Ordinal);
        if (!simulated)
        {
            await grid.ReachesAsync(last.Container, last);
        }

        await grid.CancelAsync(last.Container);
        await grid.ReceiptAsync(network, ReceiptState.Deleted);
        await grid.ReceiptAsync(last.Container, ReceiptState.Deleted);
        Assert.Equal(before, InventoryText.WithoutImages(await grid.InventoryAsync()));
        Assert.Empty(await grid.Traces.Networks.ListAsync());
    }

    [Fact]
    public async Task A_second_order_of_the_same_name_changes_the_network_under_containers_that_run()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        var first = await grid.HaveNetworkAsync("10.1.1.0/24");
        var server = await grid.HaveServerAsync(image, "served", Networks.Join("10.1.1.20"));
        var client = await grid.HaveServerAsync(image, "asked", Networks.Join("10.1.1.30"));
        var processes = Processes();
        await IsAsync("10.1.1.20/24", "10.1.1.1");

        var second = await grid.HaveNetworkAsync("10.1.1.16/28");
        await IsAsync("10.1.1.20/28", "10.1.1.17");
        var refused = await grid.RefusedAsync(grid.DraftNetwork("10.1.1.24/29"), FaultCode.Conflict, "net_resources/0/subnet");
        Assert.Contains("10.1.1.20,", refused.Reason, StringComparison.Ordinal);
        await IsAsync("10.1.1.20/28", "10.1.1.17");

        await grid.EndAsync(second);
        await IsAsync("10.1.1.20/24", "10.1.1.1");
        Assert.Equal(["live", "live", "live"], (await grid.RestAsync()).Values);
        await grid.EndAsync(server.Container, client.Container, first);
        Assert.Empty(await grid.Traces.Networks.ListAsync());

        IEnumerable<LiveProcess> Processes() => [grid.FirstProcessOf(server.Container), grid.FirstProcessOf(client.Container)];

        async Task IsAsync(string address, string gateway)
        {
            Assert.Equal(processes, Processes());
            var link = await grid.LinkAsync(server.Container);
            Assert.Contains($" {address} ", link, StringComparison.Ordinal);
            Assert.Single(link.Split('\n'), line => line.Contains(" inet ", StringComparison.Ordinal));
            var prefix = 96 + int.Parse(address.Split('/')[1], CultureInfo.InvariantCulture); // As many neighbours as of IPv4.
            Assert.Contains($" {server.Ipv6}/{prefix} ", link, StringComparison.Ordinal);
            var routes = (await grid.InsideAsync(server.Container, "ip", "route", "show", "default")).Output;
            Assert.StartsWith($"default via {gateway} ", routes, StringComparison.Ordinal);
            Assert.Single(routes.Trim().Split('\n'));
            var ping = await grid.InsideAsync(server.Container, "busybox", "ping", "-c", "1", "-W", "3", gateway);
            Assert.True(ping.ExitCode == 0, ping.ToString());
            await grid.ReachesAsync(client.Container, server);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bad_order_of_a_network_or_of_a_place_in_one_is_answered_by_name(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);
        var image = TestImage.Install(grid);
        var network = await grid.HaveNetworkAsync();
        var taken = await grid.OrderContainerAsync(image, "sleep 3600", Networks.Join("10.1.1.5"));
        var owner = (await grid.ReceiptAsync(taken, ReceiptState.Ok)).Id;
        var before = await grid.InventoryAsync();

        await ReasonAsync(Networks.Join("10.1.2.5"), FaultCode.Invalid, "ips/0", "10.1.2.5, which is not in the subnet 10.1.1.0/24");
        await ReasonAsync(Networks.Join("10.1.1.6", "10.1.1.5"), FaultCode.Conflict, "ips/1", $"10.1.1.5, which reservation {owner} has");
        await ReasonAsync(Networks.Join("10.1.1.1"), FaultCode.Invalid, "ips/0", "10.1.1.1, which is the gateway's");
        await ReasonAsync(Networks.Join("10.1.1.255"), FaultCode.Invalid, "ips/0", "keeps for itself");
        await ReasonAsync(Networks.JoinAs("wan"), FaultCode.NotFound, "network_id", "\"wan\"");
        await ReasonAsync(Networks.Join(), FaultCode.NotFound, "network_id", "\"lan\"", KeyPair.Create());
        await InvalidAsync(
            grid.DraftContainer(image, "sleep 1", """ "network":{"network_id":"lan","public_ip6":true} """), "network/public_ip6");
        await InvalidAsync(grid.DraftNetwork("10.1.2.0/24\"},{\"subnet\":\"10.1.3.0/24"), "net_resources");

        Assert.Equal(before, await grid.InventoryAsync());
        await grid.EndAsync(taken, network);

        async Task ReasonAsync(string join, FaultCode code, string field, string reason, KeyPair? user = null)
        {
            var problem = await grid.RefusedAsync(grid.DraftContainer(image, "sleep 1", join), code, $"network/{field}", user);
            Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
        }

        async Task InvalidAsync(Reservation draft, string field)
        {
            var fault = (await Assert.ThrowsAsync<FaultException>(() => grid.SubmitAsync(draft))).Fault;
            Assert.Equal((FaultCode.Invalid, $"/reservation/data/{field}"), (fault.Code, Assert.Single(fault.Problems).Pointer));
            Assert.NotEqual("", fault.Problems.Single().Remedy);
        }
    }

    // What the machine has of networks that is nobody's grid's: those come and go with other tests.
    private static async Task<string> MachineAsync() => string.Join('\n',
    [
        .. NetworkInterface.GetAllNetworkInterfaces().Select(link => link.Name)
            .Where(name => !name.StartsWith("pv", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        .. !Environment.IsPrivilegedProcess ? [] : (await CommandRun.RunAsync("nft", ["list", "tables"])).Output.Split('\n')
            .Where(table => !table.Contains(" provision_", StringComparison.Ordinal)),
    ]);
}

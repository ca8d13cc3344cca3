using System.Net.NetworkInformation;
using System.Text.Json;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>What a user does with private networks on a grid, and what a container sees of them.</summary>
internal static class Networks
{
    /// <summary>What the networks of these tests are called when nothing else is said.</summary>
    public const string Name = "lan";

    /// <summary>Their addresses.</summary>
    public const string Subnet = "10.1.1.0/24";

    // Three seconds: what is reached is reached at once.
    private static readonly string[] Fetch = ["timeout", "3", "busybox", "wget", "-q", "-Y", "off", "-O", "-"];

    // Tests of other classes have networks meanwhile.
    private static readonly bool Alone = NetworkInterface.GetAllNetworkInterfaces()
        .All(link => link.Name == "lo" || link.Name.StartsWith("pv", StringComparison.Ordinal));

    /// <summary>A test that gives the machine addresses runs where nobody else uses its network.</summary>
    public static void NeedsOwnMachine() => Assert.SkipUnless(Alone, "needs a network of its own: use ./test");

    /// <summary>An order for a network.</summary>
    public static Reservation DraftNetwork(this TestGrid grid, string subnet = Subnet, string name = Name) => grid.Draft() with
    {
        Kind = "network",
        Data = CanonicalJson.Of($$"""{"name":"{{name}}","ip_range":"10.1.0.0/16","net_resources":[{"subnet":"{{subnet}}"}]}"""),
    };

    /// <summary>Orders a network; its digest, once it is there.</summary>
    public static async Task<Digest> HaveNetworkAsync(this TestGrid grid, string subnet = Subnet, KeyPair? user = null)
    {
        var network = await grid.SubmitAsync(grid.DraftNetwork(subnet), user);
        await grid.ReceiptAsync(network, ReceiptState.Ok);
        return network;
    }

    /// <summary>The member that joins a network.</summary>
    public static string Join(params string[] addresses) => JoinAs(Name, addresses);

    /// <summary>The same for a network of another name.</summary>
    public static string JoinAs(string name, params string[] addresses) =>
        $$"""
        "network":{"network_id":"{{name}}"{{(addresses.Length == 0 ? "" : $",\"ips\":{JsonSerializer.Serialize(addresses)}")}}}
        """;

    /// <summary>Orders a container that serves one page, which says this; the container and its addresses, once it runs.</summary>
    public static async Task<Server> HaveServerAsync(
        this TestGrid grid, TestImage image, string page, string join, KeyPair? user = null)
    {
        var command = $"sh -c 'mkdir -p /www && echo {page} >/www/index.html && exec httpd -f -h /www'";
        var container = await grid.SubmitAsync(grid.DraftContainer(image, command, join), user);
        var receipt = await grid.ReceiptAsync(container, ReceiptState.Ok);
        return new Server(container, page, AddressOf(receipt, "ipv4"), AddressOf(receipt, "ipv6"));
    }

    /// <summary>An address in the result of a container.</summary>
    public static string AddressOf(Receipt receipt, string field) => receipt.Data.ToElement().GetProperty(field).GetString()!;

    /// <summary>Runs a program of this machine in the network that a container's first process has now.</summary>
    public static Task<CommandRun> InsideAsync(this TestGrid grid, Digest container, params IReadOnlyList<string> command) =>
        CommandRun.RunAsync("nsenter", ["--target", $"{grid.FirstProcessOf(container).Id}", "--net", .. command]);

    /// <summary>Fetches a page from where a container is.</summary>
    public static Task<CommandRun> FetchAsync(this TestGrid grid, Digest from, string authority) =>
        grid.InsideAsync(from, [.. Fetch, $"http://{authority}/"]);

    /// <summary>Returns when a container gets the page of another one, by each of its addresses.</summary>
    public static async Task ReachesAsync(this TestGrid grid, Digest from, Server to)
    {
        foreach (var authority in new[] { to.Ipv4, $"[{to.Ipv6}]" })
        {
            var last = "";
            try
            {
                await Until.TrueAsync($"\"{to.Page}\" at {authority}", async () =>
                {
                    var run = await grid.FetchAsync(from, authority);
                    last = run.ToString();
                    return run.Output == to.Page + "\n";
                }, TimeSpan.FromSeconds(20));
            }
            catch (TimeoutException e)
            {
                throw new TimeoutException($"{e.Message} {last}", e);
            }
        }
    }

    /// <summary>Asserts that nothing answers a container there.</summary>
    public static async Task ReachesNothingAsync(this TestGrid grid, Digest from, string authority)
    {
        var run = await grid.FetchAsync(from, authority);
        Assert.True(run.ExitCode != 0 && run.Output == "", $"{authority} answered: {run}");
    }

    /// <summary>The addresses that a container's link has now, with their prefixes, in the words of ip(8).</summary>
    public static async Task<string> LinkAsync(this TestGrid grid, Digest container) =>
        (await grid.InsideAsync(container, "ip", "-o", "address", "show", "dev", "eth0", "scope", "global")).Output;

    /// <summary>Cancels all of these, and returns when they are gone.</summary>
    public static async Task EndAsync(this TestGrid grid, params IReadOnlyList<Digest> orders)
    {
        foreach (var order in orders)
        {
            await grid.CancelAsync(order);
        }

        foreach (var order in orders)
        {
            await grid.ReceiptAsync(order, ReceiptState.Deleted);
        }
    }
}

using System.Text.Json;
using Provision.Cli.Tests.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;
using Xunit;

namespace Provision.Cli.Tests.Nodes;

/// <summary>What users see of nodes that say what they offer, and of one that does not.</summary>
public sealed class NodeTests : OnExplorer
{
    private readonly ReceiptMaker old = new();
    private readonly ReceiptMaker small = new(2);
    private readonly ReceiptMaker large = new(3);

    protected override async Task PrepareAsync()
    {
        await RegisterAsync(old, "container", null);
        await RegisterAsync(small, "volume network", new NodeOffer(new(4, 8, 100, 0), new(4, 7, 10, 0), AllUsers: true));
        await RegisterAsync(large, "volume network", new NodeOffer(new(64, 256, 900, 4000), new(128, 250, 800, 0), AllUsers: false));
    }

    [Fact]
    public async Task The_list_says_what_each_offers_and_to_whom()
    {
        var run = await RunAsync("node", "list");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Matches("NODE.*FARM.*KINDS.*CRU.*MRU.*SRU.*HRU.*USERS.*REGISTERED", run.Output);
        Assert.Matches($"{old.Node} +[^ ]+ +container +- +- +- +- +- +20", run.Output);
        Assert.Matches($"{small.Node} +[^ ]+ +volume network +4 +7 +10 +0 +all +20", run.Output);
        Assert.Matches($"{large.Node} +[^ ]+ +volume network +128 +250 +800 +0 +chosen +20", run.Output);

        var nodes = (await JsonAsync("node", "list")).GetProperty("nodes").EnumerateArray()
            .ToDictionary(node => node.GetProperty("node_id").GetString()!);
        Assert.False(nodes[old.Node.ToString()].TryGetProperty("offer", out _));
        var offer = nodes[large.Node.ToString()].GetProperty("offer");
        Assert.Equal(
            """{"machine":{"cru":64,"mru":256,"sru":900,"hru":4000},"offered":{"cru":128,"mru":250,"sru":800,"hru":0},"users":"chosen"}""",
            offer.GetRawText());
    }

    [Fact]
    public async Task One_node_is_shown_as_it_signed_itself()
    {
        var shown = await RunAsync("node", "show", large.Node.ToString());
        Assert.Equal((0, ""), (shown.Code, shown.Error));
        Assert.Matches($"node +{large.Node}\n", shown.Output);
        Assert.Matches("users +chosen by the farmer\n", shown.Output);
        Assert.Matches(@"offered +128 CRU \(cores\), 250 MRU \(GiB of memory\), 800 SRU .*, 0 HRU", shown.Output);
        Assert.Matches(@"machine +64 CRU \(cores\), 256 MRU", shown.Output);
        Assert.Matches("registered +20.* UTC, signature verified\n", shown.Output);
        Assert.DoesNotContain("offered", (await RunAsync("node", "show", old.Node.ToString())).Output, StringComparison.Ordinal);

        var json = await JsonAsync("node", "show", large.Node.ToString());
        NodeRegistration.Read(json).Verify();
    }

    [Theory]
    [InlineData("nobody", FaultCode.Invalid)]
    [InlineData("GpuC7WdSEQfVDYZsBmUHxia21SJi1gJtbbgn4FjZZGrX", FaultCode.NotFound)]
    public async Task A_node_that_is_not_there_is_said(string id, FaultCode code) =>
        Assert.Equal(ExitCodes.Of(code), (await RunAsync("node", "show", id)).Code);

    [Theory]
    [InlineData("50", 0, "")]
    [InlineData("5", 2, "2 nodes offer a volume")]
    [InlineData("5", 2, "(chosen users only)")]
    [InlineData("900", 7, "No node that offers a volume offers as much as this one takes (900 SRU)")]
    public async Task An_order_that_names_no_node_goes_where_alone_it_can(string size, int code, string words)
    {
        var run = await RunAsync("reservation", "create", "volume", "--size", size, "--dry-run");
        Assert.Equal(code, run.Code);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Equal(code == 0, run.Output.Contains(large.Node.ToString(), StringComparison.Ordinal));
    }

    private Task RegisterAsync(ReceiptMaker node, string kinds, NodeOffer? offer) => Client.RegisterAsync(
        new NodeRegistration
        {
            Node = node.Node,
            Farm = new FarmId(node.Key.PublicKey),
            Kinds = kinds,
            Created = TimeProvider.System.GetUtcNow(),
            Offer = offer,
        }.Sign(node.Key),
        TestContext.Current.CancellationToken);

    private Task<CommandRun> RunAsync(params string[] args) => RunAsAsync("user", args);

    private async Task<JsonElement> JsonAsync(params string[] args)
    {
        var run = await RunAsync([.. args, "--json"]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        using var document = JsonDocument.Parse(run.Output);
        return document.RootElement.Clone();
    }
}

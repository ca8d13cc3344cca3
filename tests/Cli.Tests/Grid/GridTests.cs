using System.Text.Json;
using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Cli.Tests.Grid;

/// <summary>The command line against a real explorer, with a node that does nothing but sign receipts.</summary>
public sealed class GridTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly ReceiptMaker node = new();
    private readonly MeddlingExplorer meddler = new();
    private ExplorerProcess? explorer;
    private ExplorerClient? asNode;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        try
        {
            SeedFile.Save(folder.File("user.seed"), KeyPair.Create());
            explorer = await ExplorerProcess.StartNewAsync(meddler.Address.Authority);
            meddler.Explorer = explorer.Address;
            asNode = ExplorerClient.Create(explorer.Address, null);
            await RegisterNodeAsync(node);
        }
        catch
        {
            // Who failed to begin is not asked to end.
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        asNode?.Dispose();
        await meddler.DisposeAsync();
        if (explorer is not null)
        {
            await explorer.DisposeAsync();
        }

        folder.Dispose();
    }

    [Fact]
    public async Task A_lease_goes_from_order_to_removal()
    {
        var created = await JsonAsync("reservation", "create", "volume", "--size", "1");
        var id = Text(created, "id");
        Assert.Equal(node.Node.ToString(), Text(created, "node_id"));

        await AnswerAsync(created, ReceiptState.Ok);
        var live = await JsonAsync("reservation", "wait", id, "--until", "live");
        Assert.Equal("ok", live.GetProperty("receipt").GetProperty("state").GetString());

        Assert.Equal((0, ""), Ending(await RunAsync("reservation", "extend", id, "--duration", "2h")));
        Assert.Equal((0, ""), Ending(await RunAsync("reservation", "cancel", id)));
        await AnswerAsync(created, ReceiptState.Deleted);
        await JsonAsync("reservation", "wait", Text(created, "digest"), "--until", "deleted");

        var shown = await JsonAsync("reservation", "show", id);
        Assert.Equal((3, 2), (shown.GetProperty("orders").GetArrayLength(), shown.GetProperty("receipts").GetArrayLength()));
        Assert.Equal((5, 5), (shown.GetProperty("signatures").GetInt32(), shown.GetProperty("verified").GetInt32()));
        Assert.Equal("deleted", Text(shown, "status"));
    }

    [Fact]
    public async Task People_see_orders_and_receipts_with_their_signatures()
    {
        var created = await JsonAsync("reservation", "create", "volume", "--size", "1");
        await AnswerAsync(created, ReceiptState.Ok);
        await RunAsync("reservation", "cancel", Text(created, "id"), "--keep-data");

        var run = await RunAsync("reservation", "show", Text(created, "id"));

        Assert.Equal((0, ""), Ending(run));
        Assert.Matches(@"signature +verified", run.Output);
        Assert.Matches(@"cancel 1 .* end the lease, keep the data +verified", run.Output);
        Assert.Matches(@"\n1 .* ok +\{""volume_id"":""1-1""\} +verified", run.Output);
        Assert.Contains("3 of 3 signatures verified", run.Output, StringComparison.Ordinal);
        Assert.Contains("volume", (await RunAsync("reservation", "list")).Output, StringComparison.Ordinal);
        Assert.Contains(node.Node.ToString(), (await RunAsync("node", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_twice_is_no_mistake()
    {
        var created = await JsonAsync("reservation", "create", "volume", "--size", "1");
        var id = Text(created, "id");
        Assert.Equal($"{id} is cancelled\n", (await RunAsync("reservation", "cancel", id)).Output);
        var again = await RunAsync("reservation", "cancel", id);
        Assert.Equal((0, $"{id} was cancelled before\n"), (again.Code, again.Output));
        var shown = await JsonAsync("reservation", "show", Text(created, "id"));
        Assert.Equal(2, shown.GetProperty("orders").GetArrayLength());
    }

    [Theory]
    [InlineData("cancel", 0)]
    [InlineData("extend", 6)]
    public async Task A_cancel_wins_the_race_against_another_order_and_an_extend_says_that_it_lost(string verb, int code)
    {
        var created = await JsonAsync("reservation", "create", "volume", "--size", "1");
        var id = Text(created, "id");
        meddler.Meddle = () => RunAsync("reservation", "extend", id, "--duration", "3h");
        string[] flags = verb == "extend" ? ["--duration", "2h"] : [];
        var run = await CommandRun.OfAsync(
            ["--identity", folder.File("user.seed"), "--explorer", meddler.Address.ToString(), "reservation", verb, id, .. flags]);

        Assert.Equal(code, run.Code);
        var shown = await RunAsync("reservation", "show", id);
        Assert.Contains("extend 1 ", shown.Output, StringComparison.Ordinal);
        Assert.Equal(verb == "cancel", shown.Output.Contains("cancel 2 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_owner_cancels_and_extends()
    {
        var created = await JsonAsync("reservation", "create", "volume", "--size", "1");
        SeedFile.Save(folder.File("stranger.seed"), KeyPair.Create());
        foreach (var order in new string[][] { ["cancel"], ["extend", "--duration", "2h"] })
        {
            var run = await RunAsAsync("stranger.seed", ["reservation", .. order, Text(created, "id")]);
            Assert.Equal(ExitCodes.Of(FaultCode.Denied), run.Code);
            Assert.StartsWith($"error: Reservation {Text(created, "id")} is not yours", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_extend_that_would_end_the_lease_is_refused_here()
    {
        var created = await JsonAsync("reservation", "create", "volume", "--size", "1");
        var run = await RunAsync("reservation", "extend", Text(created, "id"), "--duration", "0s");
        Assert.Equal(ExitCodes.Of(FaultCode.Invalid), run.Code);
        Assert.Contains("provision reservation cancel", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extend_that_would_shorten_the_lease_is_refused_before_anything_is_signed()
    {
        var created = await JsonAsync("reservation", "create", "volume", "--size", "1", "--duration", "2h");
        var id = Text(created, "id");
        foreach (var (duration, current) in new[] { ("2h", "2h"), ("90m", "2h"), ("3h", ""), ("150m", "3h") })
        {
            var run = await RunAsync("reservation", "extend", id, "--duration", duration);
            Assert.Equal(current.Length == 0 ? 0 : ExitCodes.Of(FaultCode.Invalid), run.Code);
            var (lasts, remedy) = current.Length == 0
                ? ("", "")
                : ($"the lease lasts {current} in all already, until 20", $"(give more than {current})\nremedy: Nothing was sent. To end");
            Assert.Contains(lasts, run.Error, StringComparison.Ordinal);
            Assert.Contains(remedy, run.Error, StringComparison.Ordinal);
        }

        var shown = await JsonAsync("reservation", "show", id);
        Assert.Equal(2, shown.GetProperty("orders").GetArrayLength());
    }

    [Fact]
    public async Task An_order_that_is_not_followed_says_how_to_hear_of_it()
    {
        var run = await RunAsync("reservation", "create", "volume", "--size", "1");
        Assert.Matches(@"^sent; the node has not answered yet: provision reservation wait \d+-\d+\n\z", run.Error);
    }

    [Fact]
    public async Task What_the_node_could_not_make_ends_the_wait_with_its_fault_and_exit_code()
    {
        var created = await JsonAsync("reservation", "create", "volume", "--size", "1");
        await AnswerAsync(created, ReceiptState.Error, new Fault(FaultCode.OutOfCapacity, "The pool is full", "Order less."));
        var run = await RunAsync("reservation", "wait", Text(created, "id"));
        Assert.Equal(ExitCodes.Of(FaultCode.OutOfCapacity), run.Code);
        Assert.Contains("cause: The pool is full\nremedy: Order less.\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_ends_when_its_time_is_up()
    {
        var created = await JsonAsync("reservation", "create", "volume", "--size", "1");
        var run = await RunAsync("reservation", "wait", Text(created, "id"), "--timeout", "1s");
        Assert.Equal(ExitCodes.Of(FaultCode.Unavailable), run.Code);
        Assert.Contains("is not live after 1s: the node has not answered yet", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_nodes_are_a_choice_and_none_is_not_found()
    {
        var other = new ReceiptMaker(2);
        await RegisterNodeAsync(other);
        var run = await RunAsync("reservation", "create", "volume", "--size", "1");
        Assert.Equal(ExitCodes.Of(FaultCode.Invalid), run.Code);
        Assert.Contains(other.Node.ToString(), run.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("reservation", "create", "volume", "--size", "1", "--node", other.Node.ToString())).Code);
    }

    [Fact]
    public async Task All_receipts_of_a_node_are_downloaded_and_checked()
    {
        var created = await JsonAsync("reservation", "create", "volume", "--size", "1");
        for (var i = 0; i < 250; i++)
        {
            await AnswerAsync(created, ReceiptState.Degraded, new Fault(FaultCode.Unavailable, "The disk hangs"));
        }

        var run = await RunAsync("receipt", "verify", "--node", node.Node.ToString());
        Assert.Equal((0, ""), Ending(run));
        Assert.Contains("250 receipts hold, 1 to 250", run.Output, StringComparison.Ordinal);
        var silent = await RunAsync("receipt", "verify", "--node", new ReceiptMaker(3).Node.ToString());
        Assert.Contains("nothing was checked", silent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explorer_that_was_killed_is_waited_for_and_keeps_what_it_took()
    {
        var created = await JsonAsync("reservation", "create", "volume", "--size", "1");
        await explorer!.KillAsync();

        var impatient = await RunAsync("reservation", "list", "--wait", "0");
        Assert.Equal(ExitCodes.Of(FaultCode.Unavailable), impatient.Code);

        var list = RunAsync("reservation", "list", "--wait", "60");
        await explorer.StartAsync();
        var run = await list;
        Assert.Equal(0, run.Code);
        Assert.Contains(Text(created, "id"), run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_farm_gets_its_name()
    {
        var run = await RunAsync("farm", "register", "north");
        Assert.Equal((0, ""), Ending(run));
        Assert.Contains("north", run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Of(FaultCode.Invalid), (await RunAsync("farm", "register", "bad\u0007name")).Code);
    }

    private Task<CommandRun> RunAsync(params string[] args) => RunAsAsync("user.seed", args);

    private Task<CommandRun> RunAsAsync(string identity, params string[] args) =>
        CommandRun.OfAsync(["--identity", folder.File(identity), "--explorer", explorer!.Address.ToString(), .. args]);

    private async Task<JsonElement> JsonAsync(params string[] args)
    {
        var run = await RunAsync([.. args, "--json"]);
        Assert.Equal((0, ""), Ending(run));
        return JsonElement.Parse(run.Output);
    }

    private async Task AnswerAsync(JsonElement created, ReceiptState state, Fault? fault = null)
    {
        Assert.True(Digest.TryParse(Text(created, "digest"), out var digest));
        Assert.True(ReservationId.TryParse(Text(created, "id"), out var id));
        var answer = Assert.Single(await asNode!.SendAsync(node.Node, [node.Next(digest, id, state, fault)], Ct));
        Assert.Null(answer.Fault);
    }

    private Task RegisterNodeAsync(ReceiptMaker registered) => asNode!.RegisterAsync(
        new NodeRegistration
        {
            Node = registered.Node,
            Farm = new FarmId(registered.Key.PublicKey),
            Kinds = "volume",
            Created = TimeProvider.System.GetUtcNow(),
        }.Sign(registered.Key),
        Ct);

    private static (int Code, string Error) Ending(CommandRun run) => (run.Code, run.Error);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}

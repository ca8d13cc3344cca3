using System.Text;
using System.Text.Json;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Workloads;
using Xunit;

namespace Provision.Cli.Tests.Reservations;

public sealed class CreateTests : IDisposable
{
    private static readonly string Node = KeyPair.FromSeed(new byte[32]).PublicKey.ToString();
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_dry_run_prints_an_order_that_verifies_and_is_what_the_flags_say()
    {
        var run = await DryRunAsync("--size", "3", "--type", "HDD", "--duration", "2h", "--node", Node);
        Assert.Equal((0, ""), (run.Code, run.Error));
        var order = OrderVerifier.Verify(Assert.IsType<Reservation>(OrderJson.Read(Encoding.UTF8.GetBytes(run.Output)))).Order;
        Assert.Equal(SeedFile.Load(Identity).PublicKey, order.User.Key);
        Assert.Equal(Node, order.Node.ToString());
        Assert.Equal("volume", order.Kind);
        Assert.Equal("""{"size":3,"type":"HDD"}""", order.Data.Text);
        Assert.Equal(TimeSpan.FromHours(2), order.Duration);
    }

    [Fact]
    public async Task Flags_that_are_left_out_take_the_defaults_of_their_fields()
    {
        var run = await DryRunAsync("--size", "1", "--node", Node);
        var order = Assert.IsType<Reservation>(OrderJson.Read(Encoding.UTF8.GetBytes(run.Output)));
        Assert.Equal("""{"size":1,"type":"SSD"}""", order.Data.Text);
        Assert.Equal(TimeSpan.FromHours(1), order.Duration);
    }

    [Fact]
    public async Task Two_orders_of_the_same_are_two_orders()
    {
        var first = await DryRunAsync("--size", "1", "--node", Node);
        var second = await DryRunAsync("--size", "1", "--node", Node);
        Assert.NotEqual(Nonce(first), Nonce(second));
    }

    [Fact]
    public async Task All_problems_are_listed_before_anything_is_sent()
    {
        string[] flags = ["--type", "tape", "--duration", "soon", "--node", "here", "--json"];
        var run = await CommandRun.OfAsync(["reservation", "create", "volume", .. flags]);
        Assert.Equal(ExitCodes.Of(FaultCode.Invalid), run.Code);
        var fault = StrictJson.Read(JsonElement.Parse(run.Error), "fault", FaultJson.Read);
        Assert.Equal(
            ["/reservation/data/size", "/reservation/data/type", "/reservation/node_id", "/reservation/duration"],
            fault.Problems.Select(problem => problem.Pointer));
    }

    [Theory]
    [InlineData("1x")]
    [InlineData("0x10")]
    [InlineData("1.5")]
    [InlineData("1,\"more\":2")]
    [InlineData("-1")]
    [InlineData("99999999999999999999999")]
    [InlineData("")]
    public async Task A_number_that_is_none_is_a_problem_of_its_field(string size)
    {
        var run = await DryRunAsync("--size", size, "--node", Node);
        Assert.Equal(ExitCodes.Of(FaultCode.Invalid), run.Code);
        Assert.Contains("--size is ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_read_of_their_flags_and_of_what_is_no_number()
    {
        var run = await CommandRun.OfAsync("reservation", "create", "volume", "--size", "1x", "--duration", "soon", "--node", "here");
        Assert.Contains("\n  --size is \"1x\", which is not a whole number (", run.Error, StringComparison.Ordinal);
        Assert.Contains("\n  --duration is \"soon\" (", run.Error, StringComparison.Ordinal);
        Assert.Contains("\n  --node is \"here\" (", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("3651d")]
    [InlineData("109500d")]
    public async Task The_rules_of_leases_are_checked_here(string duration)
    {
        var run = await DryRunAsync("--size", "1", "--node", Node, "--duration", duration);
        Assert.Equal(ExitCodes.Of(FaultCode.Invalid), run.Code);
        Assert.Equal(
            $"error: The order is not valid\n  --duration is {duration} (give 1s to 3650d)\nremedy: Correct this; nothing was sent.\n",
            run.Error);
    }

    [Fact]
    public async Task Help_of_every_kind_names_every_field()
    {
        foreach (var module in WorkloadCatalog.All)
        {
            var help = (await CommandRun.OfAsync("reservation", "create", module.Kind, "--help")).Output;
            Assert.Contains(module.Summary, help, StringComparison.Ordinal);
            Assert.All(module.Fields, field => Assert.Contains($"--{field.Flag} ", help, StringComparison.Ordinal));
            Assert.All(module.Fields, field => Assert.Contains(field.Help, Flat(help), StringComparison.Ordinal));
        }
    }

    private string Identity => folder.File("identity.seed");

    private async Task<CommandRun> DryRunAsync(params string[] flags)
    {
        if (!File.Exists(Identity))
        {
            SeedFile.Save(Identity, KeyPair.Create());
        }

        return await CommandRun.OfAsync(["--identity", Identity, "reservation", "create", "volume", "--dry-run", .. flags]);
    }

    private static string? Nonce(CommandRun run) =>
        JsonElement.Parse(run.Output).GetProperty("reservation").GetProperty("nonce").GetString();

    // Help is wrapped to the width of the terminal.
    private static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

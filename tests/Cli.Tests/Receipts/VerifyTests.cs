using System.Text.Json;
using Provision.Cli.Tests.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Cli.Tests.Receipts;

public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ReceiptMaker node = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_good_file_passes_as_array_and_as_object(bool wrapped)
    {
        var run = await VerifyAsync(node.Next(3), wrapped);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(
            $"node {node.Node}: 3 receipts hold, 1 to 3: signatures, numbering, hashes\nthe chain is whole from its beginning\n",
            run.Output);
    }

    [Fact]
    public async Task A_late_beginning_is_said()
    {
        var run = await VerifyAsync([.. node.Next(3).Skip(1)], wrapped: false);
        Assert.Equal(0, run.Code);
        Assert.EndsWith("what came before receipt 2 was not there to check\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_chain_fails_and_the_first_broken_link_is_named()
    {
        var receipts = node.Next(6).ToList();
        receipts[4] = receipts[4] with { Kind = "container" };
        receipts.RemoveAt(2);
        var run = await VerifyAsync(receipts, wrapped: true);
        Assert.Equal(ExitCodes.CheckFailed, run.Code);
        Assert.EndsWith("broken at receipt 4: it follows receipt 2: 3 is missing\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machines_get_the_same_as_json()
    {
        var receipts = node.Next(2).ToArray();
        receipts[1] = receipts[1] with { Generation = 7 };
        var run = await VerifyAsync(receipts, wrapped: false, "--json");
        Assert.Equal(ExitCodes.CheckFailed, run.Code);
        var json = JsonElement.Parse(run.Output);
        Assert.Equal(1, json.GetProperty("checked").GetInt64());
        Assert.Equal(2, json.GetProperty("broken").GetProperty("sequence").GetInt64());
    }

    [Fact]
    public async Task A_file_larger_than_one_document_is_checked_too()
    {
        var receipts = node.Next(2500);
        var run = await VerifyAsync(receipts, wrapped: true);
        Assert.True(new FileInfo(folder.File("receipts.json")).Length > StrictJson.SizeMax);
        Assert.Equal(0, run.Code);
    }

    [Theory]
    [InlineData("""{"other":[]}""")]
    [InlineData("""[{"type":"volume"}]""")]
    [InlineData("""[1""")]
    [InlineData("")]
    public async Task What_is_no_file_of_receipts_is_invalid(string content)
    {
        await File.WriteAllTextAsync(folder.File("x"), content, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Of(FaultCode.Invalid), (await CommandRun.OfAsync("receipt", "verify", folder.File("x"))).Code);
    }

    [Fact]
    public async Task A_missing_file_is_not_found() =>
        Assert.Equal(ExitCodes.Of(FaultCode.NotFound), (await CommandRun.OfAsync("receipt", "verify", folder.File("none"))).Code);

    [Fact]
    public async Task File_and_node_together_are_too_much()
    {
        var run = await CommandRun.OfAsync("receipt", "verify", "file", "--node", node.Node.ToString());
        Assert.Equal(ExitCodes.Of(FaultCode.Invalid), run.Code);
    }

    private async Task<CommandRun> VerifyAsync(IReadOnlyList<Receipt> receipts, bool wrapped, params string[] more)
    {
        var array = $"[{string.Join(',', receipts.Select(receipt => ReceiptJson.Write(receipt).Text))}]";
        var file = folder.File("receipts.json");
        await File.WriteAllTextAsync(file, wrapped ? $"{{\"receipts\":{array}}}" : array, TestContext.Current.CancellationToken);
        return await CommandRun.OfAsync(["receipt", "verify", file, .. more]);
    }
}

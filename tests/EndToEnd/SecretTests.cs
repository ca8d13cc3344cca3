using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>Seeds stay in their files, and what a grid writes is its owner's alone.</summary>
public sealed class SecretTests
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public async Task Seeds_are_nowhere_but_in_their_files_and_those_are_private()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        var order = await grid.OrderAsync();
        await grid.ReceiptAsync(order, ReceiptState.Ok);
        await grid.ProvisionAsync(["reservation", "show", order.ToString()]);
        await grid.CancelAsync(order);
        await grid.ReceiptAsync(order, ReceiptState.Deleted);
        string[] seeds = [grid.UserSeed, grid.In("node", "identity.seed")];

        var files = Needle.FilesOf(grid.Folder);
        Assert.Contains(grid.In("node.log"), files);
        Assert.Contains(files, file => file.EndsWith(".jsonl", StringComparison.Ordinal));
        foreach (var seed in seeds)
        {
            var needle = new Needle(File.ReadAllBytes(seed)[^KeyPair.SeedSize..]);
            Assert.Equal([seed], needle.FilesBelow(grid.Folder));
            Assert.Empty(needle.ProcessesWhere(_ => true));
        }

        Assert.All(seeds, seed => Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(seed)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_else_can_reach_what_explorer_and_node_keep(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);
        await grid.ReceiptAsync(await grid.OrderAsync(), ReceiptState.Ok);

        var data = new[] { grid.In("node"), grid.In("explorer") };
        Assert.All(data, folder => Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(folder) & Others));

        // These hold keys and orders, and answer questions: private even were they moved out of their folder.
        string[] inner =
        [
            grid.In("node", "identity.seed"), grid.In("node", "provisiond.sock"), grid.In("node", "machine", "journal"),
            .. Directory.EnumerateFiles(grid.In("node", "machine", "journal")),
            .. simulated ? (string[])[] : [grid.In("node", "pool.img"), grid.In("node", "machine", "pools", "default")],
        ];
        Assert.All(inner, path => Assert.True((File.GetUnixFileMode(path) & Others) == 0, $"{path}: {File.GetUnixFileMode(path)}"));
    }
}

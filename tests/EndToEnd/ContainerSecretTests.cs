using System.Security.Cryptography;
using System.Text;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Secrets;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>
/// A container gets its secrets, and nobody else ever sees them: not on a disk, in memory that outlasts its start, or in /proc.
/// </summary>
public sealed class ContainerSecretTests
{
    private const string Variable = "TOKEN";
    private const string Proves = "sh -c 'printf %s \"$TOKEN\" | sha256sum >/data/proof; sleep 3600'";
    private readonly string secret = "secret-" + RandomNumberGenerator.GetHexString(40, lowercase: true);

    [Fact]
    public async Task A_secret_is_nowhere_but_in_its_container()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        var volume = await grid.OrderAsync();
        await grid.ReceiptAsync(volume, ReceiptState.Ok);
        var proof = Path.Combine(await grid.VolumeFolderAsync(volume), "proof");
        var container = await CreateAsync(grid, image, volume);
        await AssertProvedAsync(proof);
        await AssertHiddenAsync(grid);
        AssertOutOfReach(grid.Traces.Volatile);
        AssertOutOfReach(grid.In("node"));

        var first = grid.FirstProcessOf(container);
        first.Signal(LiveProcess.Kill);
        await grid.NextProcessAsync(container, first);
        await AssertProvedAsync(proof);
        await AssertHiddenAsync(grid);

        await grid.LosePowerAsync();
        grid.StartNode();
        await Until.TrueAsync("a container that runs again", () => Task.FromResult(grid.IsStarted(container)));
        await AssertProvedAsync(proof);
        await AssertHiddenAsync(grid);

        await grid.CancelAsync(container);
        await grid.ReceiptAsync(container, ReceiptState.Deleted);
        await AssertHiddenAsync(grid, runs: false);
        await grid.Provisiond!.StopAsync(Until.TimeMax);
        await AssertHiddenAsync(grid, runs: false);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_secret_that_is_not_this_orders_own_is_an_error_that_names_the_field_alone(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);
        var image = TestImage.Install(grid);
        var before = InventoryText.WithoutImages(await grid.InventoryAsync());
        var (mine, mallory) = (Draft(grid.User), KeyPair.Create());
        var good = Seal(mine, grid.Node);
        var live = await SendAsync(grid.User, mine, good);
        await grid.ReceiptAsync(live, ReceiptState.Ok);

        var other = Draft(grid.User);
        await AssertRefusedAsync("sealed to another node", grid.User, other, Seal(other, new NodeId(KeyPair.Create().PublicKey)));
        await AssertRefusedAsync("copied from another user", mallory, Draft(mallory), good);
        await AssertRefusedAsync("copied from another order", grid.User, Draft(grid.User), good);
        other = Draft(grid.User);
        await AssertRefusedAsync("truncated", grid.User, other, Seal(other, grid.Node)[..^2]);
        var refused = await Assert.ThrowsAsync<FaultException>(() => SendAsync(grid.User, Draft(grid.User), "00"));
        Assert.Contains($"/secret_env/{Variable} is not sealed", refused.Fault.ToString(), StringComparison.Ordinal);

        await grid.CancelAsync(live);
        await grid.ReceiptAsync(live, ReceiptState.Deleted);
        Assert.Equal(before, InventoryText.WithoutImages(await grid.InventoryAsync()));
        Assert.Empty(new Needle(secret).FilesBelow(grid.Folder));

        Reservation Draft(KeyPair user) => grid.DraftContainer(image, "sleep 3600") with { User = new UserId(user.PublicKey) };

        string Seal(Reservation draft, NodeId node) =>
            SealedSecret.Seal(secret, node, new SecretBinding(draft.User, draft.Kind, $"/secret_env/{Variable}", draft.Nonce));

        Task<Digest> SendAsync(KeyPair user, Reservation draft, string text)
        {
            var data = Containers.Data(image.Reference.ToString(), "sleep 3600", $"\"secret_env\":{{\"{Variable}\":\"{text}\"}}");
            return grid.SubmitAsync(draft with { Data = data }, user);
        }

        async Task AssertRefusedAsync(string what, KeyPair user, Reservation draft, string text)
        {
            var order = await SendAsync(user, draft, text);
            var receipt = await grid.ReceiptAsync(order, ReceiptState.Error);
            var said = receipt.Fault!.ToString();
            Assert.True(
                receipt.Fault.Code == FaultCode.Invalid && said.Contains($"/secret_env/{Variable}", StringComparison.Ordinal),
                $"{what}: {said}");
            var quoted = text.Length >= 16 && said.Contains(text[..16], StringComparison.Ordinal);
            Assert.False(quoted || new Needle(secret).IsIn(said), $"{what}: {said}");
            await grid.ReceiptAsync(order, ReceiptState.Deleted);
        }
    }

    private async Task<Digest> CreateAsync(TestGrid grid, TestImage image, Digest volume)
    {
        await File.WriteAllTextAsync(grid.In("secret"), secret + "\n", TestContext.Current.CancellationToken);
        var run = await grid.ProvisionAsync(
        [
            "reservation", "create", "container", "--image", image.Reference.ToString(), "--entrypoint", Proves,
            "--secret-env", $"{Variable}={grid.In("secret")}", "--mount", $"{volume}:/data", "--memory", "32", "--follow", "--json",
        ]);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.False(new Needle(secret).IsIn(run.Output + run.Error));
        return (await grid.NodesClient.ListReservationsAsync(null, grid.Node, TestContext.Current.CancellationToken))
            .Single(view => view.Orders.Reservation.Kind == "container").Digest;
    }

    // The container has it, by what it wrote; what it wrote goes, so that it has to write it again.
    private async Task AssertProvedAsync(string proof)
    {
        var expected = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret))) + "  -\n";
        await Until.TrueAsync(
            "a proof of the secret", async () => File.Exists(proof) && await File.ReadAllTextAsync(proof) == expected);
        File.Delete(proof);
    }

    private async Task AssertHiddenAsync(TestGrid grid, bool runs = true)
    {
        var needle = new Needle(secret);
        foreach (var pool in grid.Traces.Mounts.Where(mount => mount.StartsWith(grid.Folder, StringComparison.Ordinal)))
        {
            Assert.Equal(0, (await CommandRun.RunAsync("sync", ["--file-system", pool])).ExitCode);
        }

        Assert.Equal([grid.In("secret")], needle.FilesBelow(grid.Folder));
        Assert.Empty(Directory.Exists(grid.Traces.Volatile) ? needle.FilesBelow(grid.Traces.Volatile) : []);
        Assert.Empty(needle.ProcessesWhere(process => !grid.Traces.IsInContainer(process)));

        // What is looked for can be found.
        Assert.Equal(runs, needle.ProcessesWhere(grid.Traces.IsInContainer).Count > 0);
    }

    /// <summary>Nobody but the owner can read a file or list a folder in here.</summary>
    private static void AssertOutOfReach(string folder)
    {
        const UnixFileMode read = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            Assert.True(
                entry.LinkTarget is not null || (entry.UnixFileMode & read) == 0 || IsClosed(folder), $"{entry}: {entry.UnixFileMode}");
            if (entry is DirectoryInfo { LinkTarget: null } inner && !IsClosed(inner.FullName))
            {
                AssertOutOfReach(inner.FullName);
            }
        }
    }

    private static bool IsClosed(string folder) => (File.GetUnixFileMode(folder) & UnixFileMode.OtherExecute) == 0;
}

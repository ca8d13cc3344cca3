using System.Text.RegularExpressions;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>What only the node can refuse: it names the field, what there is, and what would be taken.</summary>
public sealed partial class RefusalTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_container_that_asks_for_more_than_there_is_hears_what_there_is(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);
        var image = TestImage.Install(grid);
        var before = await grid.InventoryAsync();

        var cores = await grid.RefusedAsync(Capacity(grid, image, "\"cpu\":1024"), FaultCode.OutOfCapacity, "capacity/cpu");
        Assert.Contains("1024 cores; this node has", cores.Reason, StringComparison.Ordinal);
        var disk = await grid.RefusedAsync(Capacity(grid, image, "\"disk\":67108864"), FaultCode.OutOfCapacity, "capacity/disk");
        Assert.Contains("the pool with most room has", disk.Reason, StringComparison.Ordinal);
        var memory = await grid.RefusedAsync(Capacity(grid, image, "\"memory\":4194304"), FaultCode.OutOfCapacity, "capacity/memory");

        // All that is free is taken, and then only what was left is.
        const int left = 100;
        var most = MiB(memory.Remedy);
        Assert.Equal($"asks for 4194304 MiB; this node has {most} MiB left of the {most} MiB offered, 0 MiB are promised", memory.Reason);
        var large = await grid.SubmitAsync(Capacity(grid, image, $"\"memory\":{most - left}"));
        await grid.ReceiptAsync(large, ReceiptState.Ok);
        memory = await grid.RefusedAsync(Capacity(grid, image, $"\"memory\":{left + 1}"), FaultCode.OutOfCapacity, "capacity/memory");
        Assert.Equal(
            $"asks for {left + 1} MiB; this node has {left} MiB left of the {most} MiB offered, {most - left} MiB are promised",
            memory.Reason);
        Assert.Equal($"ask for at most {left} MiB", memory.Remedy);
        var small = await grid.SubmitAsync(Capacity(grid, image, $"\"memory\":{left}"));
        await grid.ReceiptAsync(small, ReceiptState.Ok);

        foreach (var order in new[] { large, small })
        {
            await grid.CancelAsync(order);
            await grid.ReceiptAsync(order, ReceiptState.Deleted);
        }

        Assert.Equal(InventoryText.WithoutImages(before), InventoryText.WithoutImages(await grid.InventoryAsync()));
        await grid.ReceiptAsync(await grid.SubmitAsync(Capacity(grid, image, $"\"memory\":{most}")), ReceiptState.Ok);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Only_a_volume_of_ones_own_whose_lease_runs_can_be_mounted(bool simulated)
    {
        await using var grid = await Grids.StartAsync(new GridOptions(simulated) { PoolSizeGiB = 4 });
        var image = TestImage.Install(grid);
        var (owner, mallory) = (grid.User, KeyPair.Create());
        var mine = await grid.OrderAsync();
        var alias = (await grid.ReceiptAsync(mine, ReceiptState.Ok)).Id;
        var theirs = await grid.SubmitAsync(grid.Draft(), mallory);
        var theirAlias = (await grid.ReceiptAsync(theirs, ReceiptState.Ok)).Id;
        var over = await grid.OrderAsync();
        await grid.ReceiptAsync(over, ReceiptState.Ok);
        await grid.Client.SubmitAsync(owner.Sign(grid.Cancel(over) with { KeepData = true }), TestContext.Current.CancellationToken);
        var overAlias = (await grid.ReceiptAsync(over, ReceiptState.Expired)).Id;
        var before = await grid.InventoryAsync();

        foreach (var volume in new object[] { theirs, theirAlias, over, overAlias, Digest.Of("nobody's"u8), "99-1" })
        {
            await grid.RefusedAsync(Mounting(volume), FaultCode.NotFound, "mounts/0/volume_id");
        }

        foreach (var volume in new object[] { mine, alias })
        {
            await grid.RefusedAsync(Mounting(volume), FaultCode.NotFound, "mounts/0/volume_id", mallory);
        }

        Assert.Equal(before, await grid.InventoryAsync());
        await grid.ReceiptAsync(await grid.SubmitAsync(Mounting(alias)), ReceiptState.Ok);
        await grid.ReceiptAsync(await grid.SubmitAsync(Mounting(mine)), ReceiptState.Ok);

        Reservation Mounting(object volume) => grid.DraftContainer(image, "sleep 3600", Containers.Mount(volume, "/data"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_volume_whose_lease_ends_takes_its_containers_along_and_serves_others_when_it_is_extended(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);
        var image = TestImage.Install(grid);
        var volume = grid.User.Sign(grid.Draft());
        var digest = (await grid.Client.SubmitAsync(volume, TestContext.Current.CancellationToken)).Digest;
        var container = await grid.OrderContainerAsync(image, "sleep 3600", Containers.Mount(digest, "/data"));
        await grid.ReceiptAsync(container, ReceiptState.Ok);
        var tenant = new Tenant(grid, digest);
        await tenant.WriteAsync("hello");

        var cancel = grid.User.Sign(grid.Cancel(digest) with { KeepData = true });
        await grid.Client.SubmitAsync(cancel, TestContext.Current.CancellationToken);
        var ended = await grid.HistoryAsync(container, ReceiptState.Ok, ReceiptState.Deleted);
        Assert.Contains($"(volume, {digest.Short}), which ended", ended[1].Fault!.What, StringComparison.Ordinal);
        Assert.NotEqual("", ended[1].Fault!.Remedy);
        await grid.HistoryAsync(digest, ReceiptState.Ok, ReceiptState.Expired);
        Assert.Empty(grid.ProcessesOf(container));
        Assert.True(await tenant.HasAsync("hello"));

        var extend = new Extend
        {
            Reservation = digest,
            User = volume.User,
            Counter = cancel.Counter + 1,
            Created = TimeProvider.System.GetUtcNow(),
            Duration = volume.Duration * 2,
        };
        await grid.Client.SubmitAsync(grid.User.Sign(extend), TestContext.Current.CancellationToken);
        await grid.HistoryAsync(digest, ReceiptState.Ok, ReceiptState.Expired, ReceiptState.Ok);
        var again = await grid.OrderContainerAsync(image, "sleep 3600", Containers.Mount(digest, "/data"));
        await grid.ReceiptAsync(again, ReceiptState.Ok);
        Assert.True(await tenant.HasAsync("hello"));
    }

    [Fact]
    public async Task A_volume_that_cannot_be_made_ends_what_builds_on_it()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        var before = InventoryText.WithoutImages(await grid.InventoryAsync());
        var volume = grid.User.Sign(grid.Draft());
        var digest = volume.ComputeDigest();

        // What somebody put where the volume has to be, and both orders on one page of the feed.
        var obstacle = grid.In("node", "machine", "pools", "default", "volumes", digest.ToString());
        await File.WriteAllTextAsync(obstacle, "mine", TestContext.Current.CancellationToken);
        await grid.Provisiond!.KillAsync();
        await grid.Client.SubmitAsync(volume, TestContext.Current.CancellationToken);
        var container = await grid.OrderContainerAsync(image, "sleep 3600", Containers.Mount(digest, "/data"));
        grid.StartNode();

        var receipts = await grid.HistoryAsync(digest, ReceiptState.Error, ReceiptState.Deleted);
        Assert.Equal(FaultCode.Conflict, receipts[0].Fault!.Code);
        var ended = await grid.HistoryAsync(container, ReceiptState.Deleted);
        Assert.Contains($"(volume, {digest.Short}), which ended", ended[0].Fault!.What, StringComparison.Ordinal);
        Assert.True(ended[0].Sequence < receipts[1].Sequence);
        Assert.Equal(before, InventoryText.WithoutImages(await grid.InventoryAsync()));
        Assert.Equal("mine", await File.ReadAllTextAsync(obstacle, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_command_line_does_not_cancel_a_volume_that_a_container_mounts_unless_it_is_forced(bool simulated)
    {
        await using var grid = await Grids.StartAsync(simulated);
        var image = TestImage.Install(grid);
        var volume = await grid.OrderAsync();
        var container = await grid.OrderContainerAsync(image, "sleep 3600", Containers.Mount(volume, "/data"));
        var alias = (await grid.ReceiptAsync(container, ReceiptState.Ok)).Id;
        var before = await grid.InventoryAsync();

        var refused = await grid.ProvisionAsync(["reservation", "cancel", volume.ToString()]);
        Assert.Equal(ExitCodes.Of(FaultCode.Conflict), refused.ExitCode);
        Assert.Contains($"would end with it: {alias}", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, await grid.InventoryAsync());
        await grid.HistoryAsync(volume, ReceiptState.Ok);

        var forced = await grid.ProvisionAsync(["reservation", "cancel", volume.ToString(), "--force", "--follow"]);
        Assert.True(forced.ExitCode == 0, forced.ToString());
        await grid.HistoryAsync(container, ReceiptState.Ok, ReceiptState.Deleted);
        Assert.Empty(grid.ProcessesOf(container));
    }

    private static Reservation Capacity(TestGrid grid, TestImage image, string member) =>
        grid.DraftContainer(image, "sleep 3600", $"\"capacity\":{{{member}}}");

    private static int MiB(string remedy) => int.Parse(
        Amount().Match(remedy).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("^ask for at most ([0-9]+) MiB$")]
    private static partial Regex Amount();
}

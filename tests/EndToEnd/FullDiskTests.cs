using System.Text.Json;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>Whoever fills what he leased is told by the kernel, and is the only one who notices.</summary>
public sealed class FullDiskTests
{
    private const string Full = "Disk quota exceeded";

    [Fact]
    public async Task A_pool_that_is_promised_and_filled_to_the_last_MiB_still_keeps_all_promises()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        var before = InventoryText.WithoutImages(await grid.InventoryAsync());
        var volume = await grid.OrderAsync();

        // A node says what it has when it is asked for more.
        var asked = await grid.HistoryAsync(await OrderAsync("sleep 3600", 1 << 26), ReceiptState.Refused);
        Assert.Equal(FaultCode.OutOfCapacity, asked[0].Fault!.Code);
        var most = int.Parse(
            Assert.Single(asked[0].Fault!.Problems).Remedy.Split(' ')[^2], System.Globalization.CultureInfo.InvariantCulture);
        var filler = await OrderAsync(
            $"sh -c 'fallocate -l {most - 18}M /most; dd if=/dev/zero of=/own bs=1M; fallocate -l 1000M /data/most;"
            + " dd if=/dev/zero of=/data/big bs=1M; echo filled; sleep 3600'",
            most - 16,
            Containers.Mount(volume, "/data"));
        var quiet = await OrderAsync(
            "sh -c 'until [ -e /go ]; do sleep 0.1; done; dd if=/dev/zero of=/own bs=1M count=8 && echo went; sleep 3600'", 16);
        await grid.ReceiptAsync(filler, ReceiptState.Ok);
        await grid.ReceiptAsync(quiet, ReceiptState.Ok);

        var log = await grid.LogAsync(filler, "filled");
        Assert.Equal(2, log.Split(Full).Length - 1);
        asked = await grid.HistoryAsync(await OrderAsync("sleep 3600", 16), ReceiptState.Refused);
        Assert.Contains("the pool with most room has 0 MiB", Assert.Single(asked[0].Fault!.Problems).Reason, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Path.Combine(await grid.VolumeFolderAsync(quiet), "go"), "", TestContext.Current.CancellationToken);
        await grid.LogAsync(quiet, "went");

        await grid.Provisiond!.KillAsync();
        grid.StartNode();
        Assert.All(await grid.RestAsync(), workload => Assert.Equal("live", workload.Value));
        foreach (var order in new[] { filler, quiet, volume })
        {
            await grid.CancelAsync(order);
            await grid.HistoryAsync(order, ReceiptState.Ok, ReceiptState.Deleted);
        }

        Assert.Equal(before, InventoryText.WithoutImages(await grid.InventoryAsync()));

        Task<Digest> OrderAsync(string entrypoint, int disk, params string[] members) =>
            grid.OrderContainerAsync(image, entrypoint, [$"\"capacity\":{{\"memory\":64,\"disk\":{disk}}}", .. members]);
    }

    [Fact]
    public async Task An_image_has_no_room_beside_images_in_use_and_takes_that_of_others()
    {
        await using var grid = await Grids.StartAsync(new GridOptions(false) { PoolSizeGiB = 1 });
        var (one, other) = (TestImage.Install(grid, "one", ballastMiB: 70), TestImage.Install(grid, "other", ballastMiB: 71));
        var user = await grid.OrderContainerAsync(one, "sleep 3600");
        await grid.ReceiptAsync(user, ReceiptState.Ok);
        var before = await grid.InventoryAsync();

        var late = await grid.OrderContainerAsync(other, "sleep 3600");
        var receipts = await grid.HistoryAsync(late, ReceiptState.Error, ReceiptState.Deleted);
        Assert.Equal(FaultCode.OutOfCapacity, receipts[0].Fault!.Code);
        Assert.Contains("has left for images", receipts[0].Fault!.What, StringComparison.Ordinal);
        Assert.Contains("smaller image", receipts[0].Fault!.Remedy, StringComparison.Ordinal);
        Assert.Equal(before, await grid.InventoryAsync());

        await grid.CancelAsync(user);
        await grid.ReceiptAsync(user, ReceiptState.Deleted);
        Assert.Equal([one.Reference.Digest.ToString()], await ImagesAsync(grid));
        await grid.ReceiptAsync(await grid.OrderContainerAsync(other, "sleep 3600"), ReceiptState.Ok);
        Assert.Equal([other.Reference.Digest.ToString()], await ImagesAsync(grid));
    }

    private static async Task<IReadOnlyList<string>> ImagesAsync(TestGrid grid) =>
    [
        .. JsonElement.Parse(await grid.InventoryAsync()).GetProperty("images").EnumerateArray()
            .Select(image => image.GetProperty("digest").GetString()!),
    ];
}

using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>Containers from order to removal on the real kernel.</summary>
public sealed class ContainerTests
{
    [Fact]
    public async Task A_container_writes_to_its_volume_and_leaves_nothing_else()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        var volume = await grid.OrderAsync();
        await grid.ReceiptAsync(volume, ReceiptState.Ok);
        var before = await grid.InventoryAsync();

        var container = await grid.OrderContainerAsync(
            image,
            "sh -c 'echo hello $WHO >/data/hello; echo written; sleep 3600'",
            Containers.Mount(volume, "/data"),
            "\"env\":{\"WHO\":\"you\"}");
        await grid.ReceiptAsync(container, ReceiptState.Ok);
        await grid.LogAsync(container, "written");
        Assert.Equal("hello you\n", File.ReadAllText(Path.Combine(await grid.VolumeFolderAsync(volume), "hello")));
        Assert.NotEmpty(grid.ProcessesOf(container));

        await grid.CancelAsync(container);
        await grid.ReceiptAsync(container, ReceiptState.Deleted);
        Assert.Empty(grid.ProcessesOf(container));
        Assert.Equal(Held(before), Held(await grid.InventoryAsync()));
        Assert.True(File.Exists(Path.Combine(await grid.VolumeFolderAsync(volume), "hello")));
    }

    [Fact]
    public async Task A_container_that_ends_is_started_again_and_the_count_is_seen()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        var container = await grid.OrderContainerAsync(image, "sh -c 'echo began; exit 7'");

        var receipt = await grid.ReceiptAsync(container, ReceiptState.Degraded);
        Assert.Contains("exit code 7", receipt.Fault!.What, StringComparison.Ordinal);
        await Until.TrueAsync(
            "two restarts", async () => (await grid.WorkloadAsync(container)).GetProperty("restarts").GetInt32() >= 2);
        Assert.Equal("degraded", (await grid.WorkloadAsync(container)).GetProperty("state").GetString());

        await grid.CancelAsync(container);
        await grid.ReceiptAsync(container, ReceiptState.Deleted);
        Assert.Empty(grid.ProcessesOf(container));
        Assert.Empty(grid.Traces.Supervisors);
    }

    [Fact]
    public async Task A_volume_that_ends_takes_the_containers_that_mount_it_with_it_and_they_say_why()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        var volume = await grid.OrderAsync();
        var container = await grid.OrderContainerAsync(image, "sleep 3600", Containers.Mount(volume, "/data"));
        await grid.ReceiptAsync(container, ReceiptState.Ok);

        await grid.CancelAsync(volume);

        var ended = await grid.ReceiptAsync(container, ReceiptState.Deleted);
        Assert.Contains("ended", ended.Fault!.What, StringComparison.Ordinal);
        var removed = await grid.ReceiptAsync(volume, ReceiptState.Deleted);
        Assert.True(ended.Sequence < removed.Sequence);
    }

    [Theory]
    [InlineData("no-such-program", FaultCode.Invalid, "no-such-program")]
    [InlineData("/bin", FaultCode.Invalid, "/bin")]
    public async Task A_program_that_cannot_run_is_an_error_and_nothing_stays(string entrypoint, FaultCode code, string named)
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        var before = await grid.InventoryAsync();

        var container = await grid.OrderContainerAsync(image, entrypoint);

        var receipt = await grid.ReceiptAsync(container, ReceiptState.Error);
        Assert.Equal(code, receipt.Fault!.Code);
        Assert.Contains(named, receipt.Fault.ToString(), StringComparison.Ordinal);
        await grid.ReceiptAsync(container, ReceiptState.Deleted);
        Assert.Equal(Held(before), Held(await grid.InventoryAsync()));
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_an_error_that_names_it()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        File.Move(image.File, image.File + ".away");

        var container = await grid.OrderContainerAsync(image, "sleep 1");

        var receipt = await grid.ReceiptAsync(container, ReceiptState.Error);
        Assert.Equal(FaultCode.NotFound, receipt.Fault!.Code);
        Assert.Contains("busybox", receipt.Fault.ToString(), StringComparison.Ordinal);
    }

    // An image that nobody holds is a cache, and may stay.
    private static string Held(string inventory) => InventoryText.WithoutImages(inventory);
}

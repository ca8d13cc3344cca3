using System.Text.Json;
using Provision.Grid;
using Provision.Reservations;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>Containers outlive their daemon, and whatever else went away is made good by the next one and told.</summary>
public sealed class AdoptionTests(ITestOutputHelper output)
{
    private const string Ends = "sh -c 'until [ -e /data/go ]; do sleep 0.1; done; exit 5'";
    private static readonly TimeSpan StopTimeMax = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_container_outlives_a_killed_daemon_and_the_next_one_keeps_it_running()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var container = await grid.OrderContainerAsync(TestImage.Install(grid), "sleep 3600");
        await grid.HistoryAsync(container, ReceiptState.Ok);
        var (first, supervisor, before) = (grid.FirstProcessOf(container), grid.SupervisorOf(container), await grid.InventoryAsync());

        await grid.Provisiond!.KillAsync();
        Assert.True(first.Runs && supervisor.Runs);
        grid.StartNode();

        Assert.Equal("live", Assert.Single(await grid.RestAsync()).Value);
        Assert.Equal((first, supervisor), (grid.FirstProcessOf(container), grid.SupervisorOf(container)));
        Assert.Equal(before, await grid.InventoryAsync());
        Assert.Single(await grid.ReceiptsAsync());

        first.Signal(LiveProcess.Kill);
        var receipts = await grid.HistoryAsync(container, ReceiptState.Ok, ReceiptState.Degraded);
        Assert.Contains("exit code 137", receipts[^1].Fault!.What, StringComparison.Ordinal);
        await grid.NextProcessAsync(container, first);
        Assert.Single(grid.ProcessesOf(container));
        Assert.Single(grid.Traces.Supervisors);
    }

    [Fact]
    public async Task What_a_container_returned_while_no_daemon_ran_is_told_by_the_next_one()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var volume = await grid.OrderAsync();
        var container = await grid.OrderContainerAsync(TestImage.Install(grid), Ends, Containers.Mount(volume, "/data"));
        await grid.HistoryAsync(container, ReceiptState.Ok);
        var go = Path.Combine(await grid.VolumeFolderAsync(volume), "go");

        await grid.Provisiond!.KillAsync();
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        await Until.TrueAsync("a container that ends", () => Task.FromResult(grid.Traces.Processes.Count == 0));
        File.Delete(go);
        grid.StartNode();

        var receipts = await grid.HistoryAsync(container, ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok);
        Assert.Contains("exit code 5", receipts[1].Fault!.What, StringComparison.Ordinal);
        Assert.Single(grid.Traces.Supervisors);
        Assert.Equal(1, (await grid.WorkloadAsync(container)).GetProperty("restarts").GetInt32());
    }

    [Fact]
    public async Task An_upgrade_touches_nothing_that_runs()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var container = await grid.OrderContainerAsync(TestImage.Install(grid), "sleep 3600");
        await grid.HistoryAsync(container, ReceiptState.Ok);
        var (first, before) = (grid.FirstProcessOf(container), await grid.InventoryAsync());
        var release = Path.GetDirectoryName(Programs.Provisiond)!;
        var upgrade = grid.In("upgrade");
        Copy(release, upgrade);

        Assert.Equal(0, await grid.Provisiond!.StopAsync(StopTimeMax));
        Assert.True(first.Runs);
        grid.StartNode(Path.Combine(upgrade, Path.GetFileName(Programs.Provisiond)));

        Assert.Equal("live", Assert.Single(await grid.RestAsync()).Value);
        Assert.StartsWith(upgrade, LiveProcess.Find(grid.Provisiond.Id)!.CommandLine, StringComparison.Ordinal);
        Assert.Equal(first, grid.FirstProcessOf(container));
        Assert.Equal(before, await grid.InventoryAsync());
        Assert.Single(await grid.ReceiptsAsync());
        await grid.CancelAsync(container);
        await grid.HistoryAsync(container, ReceiptState.Ok, ReceiptState.Deleted);
        Assert.False(first.Runs);
    }

    [Fact]
    public async Task After_a_loss_of_power_containers_run_again_with_all_they_had_written()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var volume = await grid.OrderAsync();
        var container = await grid.OrderContainerAsync(
            TestImage.Install(grid), "sh -c 'echo began | tee -a /own >>/data/shared; sleep 3600'", Containers.Mount(volume, "/data"));
        await grid.HistoryAsync(container, ReceiptState.Ok);
        var (own, shared) = await WrittenAsync();
        await Until.TrueAsync("two files", () => Task.FromResult(File.Exists(own) && File.Exists(shared)));
        var before = await grid.InventoryAsync();

        await grid.LosePowerAsync();
        Assert.Empty(await grid.Traces.ListAsync());
        grid.StartNode();

        var receipts = await grid.HistoryAsync(container, ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok);
        Assert.Contains("the machine was rebooted", receipts[1].Fault!.What, StringComparison.Ordinal);
        await grid.HistoryAsync(volume, ReceiptState.Ok);
        Assert.Equal(1, (await grid.WorkloadAsync(container)).GetProperty("restarts").GetInt32());
        Assert.Equal(before, await grid.InventoryAsync());
        Assert.Equal("began\nbegan\n", await File.ReadAllTextAsync(own, TestContext.Current.CancellationToken));
        Assert.Equal("began\nbegan\n", await File.ReadAllTextAsync(shared, TestContext.Current.CancellationToken));

        async Task<(string, string)> WrittenAsync() => (
            Path.Combine(await grid.VolumeFolderAsync(container), "own"), Path.Combine(await grid.VolumeFolderAsync(volume), "shared"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_a_supervisor_was_killed_the_end_is_unknown_and_the_container_is_started_again(bool daemon)
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var container = await grid.OrderContainerAsync(TestImage.Install(grid), "sleep 3600");
        await grid.HistoryAsync(container, ReceiptState.Ok);
        var first = grid.FirstProcessOf(container);

        if (!daemon)
        {
            await grid.Provisiond!.KillAsync();
        }

        grid.SupervisorOf(container).Signal(LiveProcess.Kill);
        if (!daemon)
        {
            grid.StartNode();
        }

        var receipts = await grid.HistoryAsync(container, ReceiptState.Ok, ReceiptState.Degraded);
        Assert.Contains("its supervisor was killed: how it ended is unknown", receipts[1].Fault!.What, StringComparison.Ordinal);
        await grid.NextProcessAsync(container, first);
        Assert.False(first.Runs);
        Assert.Single(grid.ProcessesOf(container));
        Assert.Single(grid.Traces.Supervisors);
    }

    [Fact]
    public async Task A_simulated_container_is_adopted_and_a_loss_of_power_is_told()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        var volume = await grid.OrderAsync();
        var container = await grid.OrderContainerAsync(TestImage.Install(grid), "sleep 3600", Containers.Mount(volume, "/data"));
        await grid.HistoryAsync(container, ReceiptState.Ok);
        var tenant = new Tenant(grid, volume);
        await tenant.WriteAsync("hello");
        var before = await grid.InventoryAsync();

        await grid.Provisiond!.KillAsync();
        grid.StartNode();
        Assert.All(await grid.RestAsync(), workload => Assert.Equal("live", workload.Value));
        Assert.Equal(before, await grid.InventoryAsync());
        Assert.Equal(2, (await grid.ReceiptsAsync()).Count);

        await grid.LosePowerAsync();
        grid.StartNode();
        var receipts = await grid.HistoryAsync(container, ReceiptState.Ok, ReceiptState.Degraded, ReceiptState.Ok);
        Assert.Contains("the machine was rebooted", receipts[1].Fault!.What, StringComparison.Ordinal);
        Assert.Equal(1, (await grid.WorkloadAsync(container)).GetProperty("restarts").GetInt32());
        Assert.Equal(before, await grid.InventoryAsync());
        Assert.True(await tenant.HasAsync("hello"));
    }

    [Fact]
    public async Task However_often_the_daemon_is_killed_while_it_starts_containers_each_runs_once()
    {
        const int count = 10;
        const int killsMax = 12;
        await using var grid = await Grids.StartAsync(simulated: false);
        var image = TestImage.Install(grid);
        var random = new Random(1);
        await grid.Provisiond!.KillAsync();
        var containers = new List<Digest>();
        for (var i = 0; i < count; i++)
        {
            containers.Add(await grid.OrderContainerAsync(image, "sleep 3600"));
        }

        var kills = 0;
        for (; kills < killsMax && !containers.TrueForAll(grid.IsStarted); kills++)
        {
            grid.StartNode();
            await Until.TrueAsync(
                "half a start", () => Task.FromResult(containers.Exists(IsHalfStarted) || containers.TrueForAll(grid.IsStarted)));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)), TimeProvider.System, TestContext.Current.CancellationToken);
            await grid.Provisiond.KillAsync();
        }

        grid.StartNode();
        foreach (var container in containers)
        {
            await grid.HistoryAsync(container, ReceiptState.Ok);
        }

        output.WriteLine($"{kills} kills until {count} containers ran");
        Assert.InRange(kills, 3, killsMax);
        Assert.Equal(count, (await grid.RestAsync()).Count(workload => workload.Value == "live"));
        Assert.All(containers, container => Assert.Equal(grid.FirstProcessOf(container), Assert.Single(grid.ProcessesOf(container))));
        Assert.Equal(count, grid.Traces.Supervisors.Count);
        Assert.Equal(count, grid.Traces.IdSlots.Count);
        Assert.Equal(count, grid.Traces.Groups.Select(Path.GetFileName).Where(name => Digest.TryParse(name, out _)).Distinct().Count());
        Assert.DoesNotContain(grid.Traces.Mounts, mount => mount.StartsWith(grid.Traces.Volatile + "/", StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(grid.Traces.Volatile, "roots")));
        Assert.All(
            JsonElement.Parse(await grid.InventoryAsync()).GetProperty("containers").EnumerateArray(),
            container => Assert.True(container.GetProperty("runs").GetBoolean()));
        foreach (var container in containers)
        {
            await grid.CancelAsync(container);
        }

        foreach (var container in containers)
        {
            await grid.HistoryAsync(container, ReceiptState.Ok, ReceiptState.Deleted);
        }

        Assert.Empty(grid.Traces.Groups);
        Assert.Empty(grid.Traces.IdSlots);
        Assert.Empty(grid.Traces.Supervisors);

        bool IsHalfStarted(Digest container) => Directory.Exists(grid.Traces.BundleOf(container)) && !grid.IsStarted(container);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}

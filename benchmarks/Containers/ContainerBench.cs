using Provision.Benchmarks.Agent;
using Provision.Grid;

namespace Provision.Benchmarks.Containers;

/// <summary>
/// How soon a container runs, beside what runc and podman take for the same root in the same run; how many a node starts when many are
/// ordered at once; and what it holds in memory then.
/// </summary>
internal static class ContainerBench
{
    private const int Warmup = 20;
    private const int Count = 50;
    private const int Many = 200;

    /// <summary>Fills the table. Needs root: only a real machine has containers worth measuring.</summary>
    public static async Task RunAsync(Report report, CancellationToken ct)
    {
        await using var grid = await TestGrid.StartAsync(new GridOptions(Simulated: false) { PoolSizeGiB = 8 });
        var image = TestImage.Install(grid);
        var orders = new ContainerOrders(grid, image.Reference);

        // One that stays, so that the image is there for all others.
        var first = await orders.StartAsync(ct);
        var (live, gone) = await orders.OneByOneAsync(Warmup, Count, ct);
        report.Row("container: order accepted to live", live);
        report.Row("container: cancel accepted to gone", gone);
        report.Row("runc run of the same root, to its end", await RuncTimes.MeasureAsync(grid, image, Count, ct));
        using (var podman = await PodmanTimes.OpenAsync(grid, image, ct))
        {
            report.Row("podman run -d --network none of the same image", await podman.MeasureAsync(PodmanTimes.NoNetwork, Count, ct));
            await InPlaceAsync(report, orders, ct);
            await BridgeAsync(report, podman, ct);
        }

        var (together, took) = await orders.AtOnceAsync(Count, ct);
        report.Row($"containers: {Count} ordered at once, order to live", together);
        report.Row("containers: of these, started in a second", Count / took.TotalSeconds, "/s", 1);
        await orders.AtOnceAsync(Many - Count - 1, ct);
        report.Memory($"with {Many} containers", await Memory.AtRestAsync(grid.Provisiond!, ct));
        await orders.CancelAllAsync(ct);
        await orders.CancelAsync(first, ct);
    }

    /// <summary>A kernel or a firewall may not let podman have its bridge; that says nothing about the others.</summary>
    private static async Task BridgeAsync(Report report, PodmanTimes podman, CancellationToken ct)
    {
        const string Name = "podman run -d on its bridge";
        try
        {
            report.Row(Name, await podman.MeasureAsync(await podman.MakeNetworkAsync(ct), Count, ct));
        }
        catch (InvalidOperationException e)
        {
            report.Missing(Name, e.Message);
        }
    }

    /// <summary>A network and a volume are there; each container gets an address of the one and mounts the other.</summary>
    private static async Task InPlaceAsync(Report report, ContainerOrders orders, CancellationToken ct)
    {
        var network = await orders.StartNetworkAsync(ct);
        var (volume, id) = await orders.StartVolumeAsync(ct);
        orders.Extras =
            $$""","network":{"network_id":"{{ContainerOrders.Network}}"},"mounts":[{"volume_id":"{{id}}","mountpoint":"/data"}]""";
        var (live, gone) = await orders.OneByOneAsync(Warmup, Count, ct);
        report.Row("container, address and volume: order to live", live);
        report.Row("container, address and volume: cancel to gone", gone);
        orders.Extras = "";
        await orders.CancelAsync(volume, ct);
        await orders.CancelAsync(network, ct);
    }
}

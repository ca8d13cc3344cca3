using Provision.Grid;

namespace Provision.Benchmarks.Containers;

/// <summary>podman with a store and a bridge of its own for this run, with the same image.</summary>
internal sealed class PodmanTimes : IDisposable
{
    /// <summary>No network at all.</summary>
    public const string NoNetwork = "none";

    private readonly TestGrid grid;
    private readonly List<string> containers = [];

    private PodmanTimes(TestGrid grid) => this.grid = grid;

    /// <summary>Loads the image.</summary>
    public static async Task<PodmanTimes> OpenAsync(TestGrid grid, TestImage image, CancellationToken ct)
    {
        var podman = new PodmanTimes(grid);
        await podman.RunAsync(["load", "--quiet", "--input", image.File], ct);
        return podman;
    }

    /// <summary>From the call to its return, which is when the container runs.</summary>
    /// <param name="network">The network that they join.</param>
    /// <param name="count">How many; all of them run then.</param>
    /// <param name="ct">Ends the measuring.</param>
    public async Task<IReadOnlyList<TimeSpan>> MeasureAsync(string network, int count, CancellationToken ct)
    {
        var id = (await RunAsync(["images", "--quiet"], ct)).Trim();
        return await Tool.TimeAsync(count, async i =>
        {
            containers.Add($"bench-{Environment.ProcessId}-{network}-{i}");
            await RunAsync(
                [
                    "run", "--detach", "--network", network, "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4000:4000",
                    "--name", containers[^1], id, "sleep", "3600",
                ],
                ct);
        });
    }

    /// <summary>Makes a network with a bridge, addresses and a name service, which the first container makes real.</summary>
    public async Task<string> MakeNetworkAsync(CancellationToken ct)
    {
        await RunAsync(["network", "create", "bench"], ct);
        return "bench";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Whatever ended the measuring, what was started goes.
        foreach (var container in containers)
        {
            RunAsync(["rm", "--force", "--ignore", "--time", "0", container], CancellationToken.None).GetAwaiter().GetResult();
        }

        RunAsync(["network", "prune", "--force"], CancellationToken.None).GetAwaiter().GetResult();
        RunAsync(["rmi", "--all", "--force"], CancellationToken.None).GetAwaiter().GetResult();
    }

    private Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken ct) => Tool.RunAsync(
        "podman",
        [
            "--root", grid.In("podman"), "--runroot", grid.In("podman-run"), "--runtime", "runc",
            "--cgroup-manager", "cgroupfs", "--network-backend", "netavark", "--network-config-dir", grid.In("podman-networks"),
            .. arguments,
        ],
        ct);
}

using Provision.Grid;

namespace Provision.Benchmarks.Containers;

/// <summary>podman with a store of its own for this run, with the same image and without a network.</summary>
internal sealed class PodmanTimes : IDisposable
{
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
    public async Task<IReadOnlyList<TimeSpan>> MeasureAsync(int count, CancellationToken ct)
    {
        var id = (await RunAsync(["images", "--quiet"], ct)).Trim();
        return await Tool.TimeAsync(count, async i =>
        {
            containers.Add($"bench-{Environment.ProcessId}-{i}");
            await RunAsync(
                [
                    "run", "--detach", "--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4000:4000",
                    "--name", containers[^1], id, "sleep", "3600",
                ],
                ct);
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Whatever ended the measuring, what was started goes.
        foreach (var container in containers)
        {
            RunAsync(["rm", "--force", "--ignore", "--time", "0", container], CancellationToken.None).GetAwaiter().GetResult();
        }

        RunAsync(["rmi", "--all", "--force"], CancellationToken.None).GetAwaiter().GetResult();
    }

    private Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken ct) => Tool.RunAsync(
        "podman",
        [
            "--root", grid.In("podman"), "--runroot", grid.In("podman-run"), "--runtime", "runc",
            "--cgroup-manager", "cgroupfs", .. arguments,
        ],
        ct);
}

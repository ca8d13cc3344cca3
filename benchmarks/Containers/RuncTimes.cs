using Provision.Grid;

namespace Provision.Benchmarks.Containers;

/// <summary>
/// <c>runc run</c> with the configuration that <c>runc spec</c> writes, without a terminal: what a container costs at least.
/// </summary>
internal static class RuncTimes
{
    /// <summary>From the call to the end of a program that returns at once.</summary>
    public static async Task<IReadOnlyList<TimeSpan>> MeasureAsync(TestGrid grid, TestImage image, int count, CancellationToken ct)
    {
        var (bundle, state) = (grid.In("runc"), grid.In("runc", "state"));
        Directory.CreateDirectory(bundle);
        await Tool.RunAsync("runc", ["spec", "--bundle", bundle], ct);
        var config = Path.Combine(bundle, "config.json");
        var text = (await File.ReadAllTextAsync(config, ct))
            .Replace("\"terminal\": true", "\"terminal\": false", StringComparison.Ordinal)
            .Replace("\"rootfs\"", $"\"{image.Folder}\"", StringComparison.Ordinal)
            .Replace("\"sh\"", "\"/bin/true\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(config, text, ct);
        return await Tool.TimeAsync(count, i => Tool.RunAsync(
            "runc", ["--root", state, "run", "--bundle", bundle, $"bench-{Environment.ProcessId}-{i}"], ct));
    }
}

using Provision.Grid;

namespace Provision.Benchmarks.Leases;

/// <summary>What a user waits for and what a node costs, with volumes.</summary>
internal static class LeaseBench
{
    /// <summary>Fills the table.</summary>
    public static async Task RunAsync(Report report, CancellationToken ct)
    {
        report.Row("journal: append + fdatasync of 300 bytes", Flushes.Measure(Path.GetTempPath(), ct));
        await using var grid = await TestGrid.StartAsync(new GridOptions(Simulated: !Environment.IsPrivilegedProcess));
        foreach (var (name, samples) in await LeaseTimes.MeasureAsync(grid, ct))
        {
            report.Row(name, samples);
        }
    }
}

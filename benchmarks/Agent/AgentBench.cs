using Provision.Grid;

namespace Provision.Benchmarks.Agent;

/// <summary>What the programs themselves cost, those of eng/publish beside those of an ordinary build: size, start, memory.</summary>
internal static class AgentBench
{
    private const int Starts = 20;
    private const int Adoptions = 5;
    private const int Leased = 500;

    private static readonly IReadOnlyList<(string Name, string Tool, string Daemon)> Programs =
    [
        ("native", Grid.Programs.Provision, Grid.Programs.Provisiond),
        ("built", Grid.Programs.BuiltProvision, Grid.Programs.BuiltProvisiond),
    ];

    /// <summary>Fills the table.</summary>
    public static async Task RunAsync(Report report, CancellationToken ct)
    {
        report.Size("provisiond: its file, native", new FileInfo(Grid.Programs.Provisiond).Length);
        report.Size("provision: its file, native", new FileInfo(Grid.Programs.Provision).Length);
        foreach (var (name, tool, _) in Programs)
        {
            var starts = await Tool.TimeAsync(Starts, _ => Tool.RunAsync(tool, ["--version"], ct));
            report.Row($"provision --version, {name}", starts);
        }

        await using (var grid = await TestGrid.StartAsync(new GridOptions(Simulated: !Environment.IsPrivilegedProcess)))
        {
            foreach (var (name, _, daemon) in Programs)
            {
                var starts = await StartTimes.ToPollAsync(grid, daemon, Starts, ct);
                report.Row($"provisiond: process start to first poll, {name}", starts);
                report.Memory($"at rest, {name}", await Memory.AtRestAsync(grid.Provisiond!, ct));
            }
        }

        await using (var grid = await TestGrid.StartAsync(new GridOptions(Simulated: true) { PoolSizeGiB = 2 * Leased }))
        {
            for (var i = 0; i < Leased; i++)
            {
                await grid.OrderAsync();
            }

            await grid.AnsweredAsync("all leases", async () =>
                (await grid.Socket.StatusAsync()).GetProperty("open").GetProperty("volume").GetInt32() == Leased ? "" : null);
            report.Row($"{Leased} simulated leases: start to all adopted", await StartTimes.ToAdoptionAsync(
                grid, Grid.Programs.Provisiond, Adoptions, ct));
            report.Memory($"with {Leased} simulated leases", await Memory.AtRestAsync(grid.Provisiond!, ct));
        }
    }
}

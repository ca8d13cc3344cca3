using Xunit;

namespace Provision.Simulation;

/// <summary>Seeds that every change must survive.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 300;

    [Fact]
    public void Whatever_fails_the_fleet_comes_right_in_the_end()
    {
        var table = new SeedTable();
        var failures = new List<string>();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var failure = Seed.Run(seed, out var fleet);
            table.Add(fleet, failure is null);
            failures.AddRange(failure is null ? [] : [failure]);
        }

        output.WriteLine(table.ToString());
        Assert.True(failures.Count == 0, $"{failures.FirstOrDefault()}\nSeeds that failed: {string.Join(' ', table.Failed)}");
        Assert.Empty(table.Missing);
    }

    [Fact]
    public void One_seed_run_twice_gives_equal_traces()
    {
        var (first, second, other) = (Run(4711), Run(4711), Run(4712));
        Assert.Equal(first.Lines, second.Lines);
        Assert.NotEqual(first.ComputeHash(), other.ComputeHash());
    }

    private static Trace Run(int seed)
    {
        Assert.Null(Seed.Run(seed, out var fleet));
        return fleet.Trace;
    }
}

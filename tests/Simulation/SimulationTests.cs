using Xunit;

namespace Provision.Simulation;

/// <summary>Seeds that every change must survive.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 100;

    [Fact]
    public void Whatever_fails_the_fleet_comes_right_in_the_end()
    {
        var injected = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            foreach (var (kind, count) in Seed.Run(seed).Faults.Injected)
            {
                injected[kind] = injected.GetValueOrDefault(kind) + count;
            }
        }

        output.WriteLine(string.Join('\n', injected.Select(pair => $"{pair.Value,6} {pair.Key}")));
    }

    [Fact]
    public void One_seed_run_twice_gives_equal_traces()
    {
        var first = Seed.Run(4711);
        var second = Seed.Run(4711);
        Assert.Equal(first.Trace.Lines, second.Trace.Lines);
        Assert.NotEqual(first.Trace.ComputeHash(), Seed.Run(4712).Trace.ComputeHash());
    }
}

using Provision.Grid;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>Grids for tests.</summary>
internal static class Grids
{
    /// <summary>A grid; a test that wants a real machine is skipped where it cannot have one.</summary>
    public static Task<TestGrid> StartAsync(bool simulated) => StartAsync(new GridOptions(simulated));

    /// <summary>The same with more said.</summary>
    public static Task<TestGrid> StartAsync(GridOptions options)
    {
        Assert.SkipUnless(options.Simulated || Environment.IsPrivilegedProcess, "needs root");
        return TestGrid.StartAsync(options);
    }
}

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

    /// <summary>What the machine has of a folder: mounts, loop devices, and processes that name it.</summary>
    public static IReadOnlyList<string> TracesOf(string folder) =>
    [
        .. File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(folder, StringComparison.Ordinal)),
        .. Directory.EnumerateDirectories("/sys/block", "loop*").Select(Path.GetFileName)
            .Where(device => Read($"/sys/block/{device}/loop/backing_file").StartsWith(folder, StringComparison.Ordinal))!,
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(id => int.TryParse(id, out _) && Read($"/proc/{id}/cmdline").Contains(folder, StringComparison.Ordinal))!,
    ];

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // It is not attached, or ended while we looked.
        }
    }
}

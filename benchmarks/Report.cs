using System.Diagnostics;
using System.Globalization;
using Provision.Grid;

namespace Provision.Benchmarks;

/// <summary>One table, and above it what it was measured on.</summary>
internal sealed class Report(TextWriter output)
{
    /// <summary>Machine and commit, then the head of the table.</summary>
    /// <param name="node">What the node is, in words.</param>
    public void Head(string node)
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var name = cpu?.Split(':')[1].Trim() ?? "unknown";
        output.WriteLine($"machine   {name}, {Environment.ProcessorCount} cores, kernel {Read("/proc/sys/kernel/osrelease")}");
        output.WriteLine($"load      {Read("/proc/loadavg")} (of 1, 5 and 15 minutes)");
        output.WriteLine($"commit    {Commit()}");
        output.WriteLine($"node      {node}");
        output.WriteLine();
        Line("measured", "p50", "p10", "p90", "p99", "n");
        Line("--------", "---", "---", "---", "---", "-");
    }

    /// <summary>A line of times.</summary>
    public void Row(string name, IReadOnlyList<TimeSpan> samples)
    {
        Line(name, Part(0.5), Part(0.1), Part(0.9), Part(0.99), $"{samples.Count}");

        string Part(double part) => Milliseconds(Percentile(samples, part));
    }

    /// <summary>A line of what could not be measured here.</summary>
    public void Missing(string name, string why) => output.WriteLine($"{name,-52} not measured: {why.ReplaceLineEndings(" ")}");

    /// <summary>The lines of memory.</summary>
    public void Memory(string when, (long Resident, long Own) bytes)
    {
        Size($"provisiond: memory {when}", bytes.Resident);
        Size("provisiond: of it not shared with files", bytes.Own);
    }

    /// <summary>A line of one size.</summary>
    public void Size(string name, long bytes) => Row(name, bytes / 1048576.0, "MiB", 1);

    /// <summary>A line of one figure.</summary>
    public void Row(string name, double value, string unit, int count) =>
        Line(name, string.Create(CultureInfo.InvariantCulture, $"{value:F2} {unit}"), "", "", "", $"{count}");

    // The nearest rank: a value that was measured.
    private static TimeSpan Percentile(IReadOnlyList<TimeSpan> samples, double part) =>
        samples.Order().ElementAt((int)Math.Ceiling(part * samples.Count) - 1);

    private static string Milliseconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:F2} ms");

    private void Line(string name, params IReadOnlyList<string> cells) =>
        output.WriteLine($"{name,-52}{string.Concat(cells.SkipLast(1).Select(cell => $" {cell,11}"))} {cells[^1],4}");

    private static string Read(string file) => File.ReadAllText(file).Trim();

    private static string Commit()
    {
        var start = new ProcessStartInfo("git", ["describe", "--always", "--dirty"])
        {
            WorkingDirectory = Programs.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var git = Process.Start(start)!;
        var text = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 ? text : "unknown";
    }
}

using System.Globalization;
using Provision.Grid;

namespace Provision.Benchmarks;

/// <summary>What a daemon holds in memory when nothing happens.</summary>
internal static class Memory
{
    private const string Field = "VmRSS:";
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>Its resident set after a rest, bytes (proc_pid_status(5)).</summary>
    public static async Task<long> AtRestAsync(Daemon daemon, CancellationToken ct)
    {
        await Task.Delay(Rest, TimeProvider.System, ct);
        var line = File.ReadLines($"/proc/{daemon.Id}/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
    }
}

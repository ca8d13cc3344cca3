using System.Globalization;
using Provision.Grid;

namespace Provision.Benchmarks.Agent;

/// <summary>What a daemon holds in memory when nothing happens.</summary>
internal static class Memory
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    /// <summary>After a rest, bytes (proc_pid_status(5)): all that is resident, and of it what is not a page of some file.</summary>
    public static async Task<(long Resident, long Own)> AtRestAsync(Daemon daemon, CancellationToken ct)
    {
        await Task.Delay(Rest, TimeProvider.System, ct);
        var status = File.ReadAllLines($"/proc/{daemon.Id}/status");
        return (Read(status, "VmRSS:"), Read(status, "RssAnon:"));
    }

    private static long Read(string[] status, string field)
    {
        var line = status.First(line => line.StartsWith(field, StringComparison.Ordinal));
        var number = line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture) << 10;
    }
}

using System.Globalization;

namespace Provision.Machine.Linux.Containers;

/// <summary>What this machine can limit, and how far.</summary>
/// <param name="Swap">True when the kernel counts what a control group has in swap.</param>
/// <param name="OpenFiles">How many files a process may have open at most: nobody but the administrator gives more.</param>
internal sealed record MachineLimits(bool Swap, long OpenFiles)
{
    /// <summary>Looks at the machine.</summary>
    public static MachineLimits Read(ControlGroups groups) => new(groups.CountSwap, ReadOpenFiles("/proc"));

    /// <summary>How many files this process may have open at most, by the limits of proc(5).</summary>
    public static long ReadOpenFiles(string proc) =>
        File.ReadLines(Path.Combine(proc, "self/limits")).First(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, _, var hard, ..]
        && long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
}

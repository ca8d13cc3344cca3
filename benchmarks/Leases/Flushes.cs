using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Provision.Benchmarks.Leases;

/// <summary>What the disk below the journal takes to make one line durable: an append of 300 bytes and fdatasync(2).</summary>
internal static class Flushes
{
    private const int Count = 500;
    private const int Size = 300;

    /// <summary>Times of single flushes, one after the other, of a file in this folder.</summary>
    public static IReadOnlyList<TimeSpan> Measure(string folder, CancellationToken ct)
    {
        var path = Path.Combine(folder, $"provision-bench-{Environment.ProcessId}");
        var samples = new List<TimeSpan>(Count);
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.DeleteOnClose);
        for (var i = 0; i < Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            var started = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, new byte[Size], i * Size);
            if (Sync(file) != 0)
            {
                throw new IOException($"fdatasync failed with error {Marshal.GetLastPInvokeError()}.");
            }

            samples.Add(Stopwatch.GetElapsedTime(started));
        }

        return samples;
    }

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(SafeFileHandle file);
}

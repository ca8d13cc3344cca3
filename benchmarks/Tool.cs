using System.Diagnostics;

namespace Provision.Benchmarks;

/// <summary>Somebody else's program, run to its end.</summary>
internal static class Tool
{
    /// <summary>What it printed; a program that fails ends the measuring.</summary>
    public static async Task<string> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken ct, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed with {process.ExitCode}: {await error}");
    }

    /// <summary>How long each of so many runs took.</summary>
    public static async Task<IReadOnlyList<TimeSpan>> TimeAsync(int count, Func<int, Task> run)
    {
        var samples = new List<TimeSpan>();
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await run(i);
            samples.Add(Stopwatch.GetElapsedTime(started));
        }

        return samples;
    }
}

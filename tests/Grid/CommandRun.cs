using System.Diagnostics;

namespace Provision.Grid;

/// <summary>What became of a command.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it printed on standard output.</param>
/// <param name="Error">What it printed on standard error.</param>
public sealed record CommandRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(2);

    /// <summary>Runs a command to its end; it gets two minutes, where <paramref name="limit"/> does not say otherwise.</summary>
    /// <exception cref="TimeoutException">It did not end; it was killed.</exception>
    public static async Task<CommandRun> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
        TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(limit ?? TimeMax);
            return new CommandRun(process.ExitCode, await output, await error);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Everything, for messages.</summary>
    public override string ToString() => $"exit code {ExitCode}\n{Output}{Error}";
}

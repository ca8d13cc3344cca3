using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Processes;

/// <summary>
/// Runs the programs of <see cref="Programs"/>: never through a shell, never from a folder of the caller's choice, never for ever.
/// </summary>
/// <param name="time">Measures how long a program may take.</param>
/// <param name="folders">Where programs are looked for; null: where distributions have them.</param>
internal sealed class Commands(TimeProvider time, IReadOnlyList<string>? folders = null)
{
    private const int OutputCharsMax = 64 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Where distributions have programs.</summary>
    public static IReadOnlyList<string> Folders { get; } = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>
    /// Runs the program to its end and returns what it wrote to standard output. It is started by the calling thread before this returns,
    /// in whose namespaces it is.
    /// </summary>
    /// <param name="program">One of <see cref="Programs"/>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="ct">Kills it.</param>
    /// <param name="input">What it reads from standard input: less than a pipe holds, or it must read all of it before it writes.</param>
    /// <exception cref="FaultException">
    /// <c>Unavailable</c>: it is not installed, failed (its own words are in the fault), or took too long.
    /// </exception>
    public ValueTask<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct) =>
        RunAsync(program, arguments, "", start => start(), ct);

    /// <summary>
    /// The same, with something to read; <paramref name="within"/> calls what starts the program, on a thread that is where it shall be,
    /// and nothing else happens there.
    /// </summary>
    public async ValueTask<string> RunAsync(
        string program, IReadOnlyList<string> arguments, string input, Func<Func<Process>, Process> within, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Find(program, folders), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = string.Join(':', Folders);
        start.Environment["LC_ALL"] = "C";

        using var process = within(() => Start(start));
        using var late = new CancellationTokenSource(Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            var output = ReadAsync(process.StandardOutput, stop.Token);
            var error = ReadAsync(process.StandardError, stop.Token);
            await WriteAsync(process.StandardInput, input, stop.Token);
            await Task.WhenAll(output, error, process.WaitForExitAsync(stop.Token));
            return process.ExitCode == 0
                ? await output
                : throw new FaultException(
                    FaultCode.Unavailable,
                    $"{program} failed with exit code {process.ExitCode}: {OneLine(await error)}",
                    "Mend what it names; it is tried again.");
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new FaultException(
                FaultCode.Unavailable, $"{program} did not end within {Deadline}", "Look at the disk: it may be broken or overloaded.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        }
        catch (Win32Exception e)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Unavailable,
                    $"{start.FileName} cannot be started: {e.Message}",
                    "The machine may have too many processes or too little memory."),
                e);
        }
    }

    /// <summary>The path of a program.</summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: it is not installed.</exception>
    public static string Find(string program, IReadOnlyList<string>? folders = null) =>
        PathsOf(program, folders).FirstOrDefault(IsProgram)
        ?? throw new FaultException(
            FaultCode.Unavailable, $"{program} is not installed", $"Install it: apt-get install {Programs.PackageOf(program)}");

    /// <summary>True when the program is there.</summary>
    public static bool IsInstalled(string program, IReadOnlyList<string>? folders = null) => PathsOf(program, folders).Any(IsProgram);

    private static IEnumerable<string> PathsOf(string program, IReadOnlyList<string>? folders) =>
        (folders ?? Folders).Select(folder => Path.Combine(folder, program));

    private static bool IsProgram(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & Executable) != 0;

    /// <summary>One that ends early is told by its exit code, not by a broken pipe.</summary>
    private static async Task WriteAsync(StreamWriter writer, string text, CancellationToken ct)
    {
        try
        {
            await writer.WriteAsync(text.AsMemory(), ct);
            writer.Close();
        }
        catch (IOException)
        {
            writer.BaseStream.Close();
        }
    }

    /// <summary>Reads to the end and keeps the beginning: a program must not block on a full pipe, nor fill our memory.</summary>
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken ct)
    {
        var kept = new StringBuilder();
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer, ct) is var count and > 0)
        {
            kept.Append(buffer, 0, Math.Min(count, OutputCharsMax - kept.Length));
        }

        return kept.ToString();
    }

    private static string OneLine(string text) =>
        string.Join("; ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeLast(3));
}

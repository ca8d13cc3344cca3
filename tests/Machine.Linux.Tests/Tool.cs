using System.Diagnostics;
using Xunit;

namespace Provision.Machine.Linux.Tests;

/// <summary>Runs what an operator would type, to look at the machine from outside or to put it into a state.</summary>
internal static class Tool
{
    public static void NeedsRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");

    public static string Run(string program, params IReadOnlyList<string> arguments)
    {
        var (exitCode, output) = Try(program, arguments);
        return exitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: exit code {exitCode}: {output}");
    }

    public static (int ExitCode, string Output) Try(string program, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, (output + error.Result).Trim());
    }

    /// <summary>Mounts below this folder and loop devices of files in it.</summary>
    public static IReadOnlyList<string> TracesOf(string folder) =>
    [
        .. File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(folder, StringComparison.Ordinal)),
        .. Directory.EnumerateDirectories("/sys/block", "loop*").Select(device => Path.Combine(device, "loop", "backing_file"))
            .Where(File.Exists).Select(Backing).Where(file => file.Contains(folder, StringComparison.Ordinal)),
    ];

    private static string Backing(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (IOException)
        {
            return ""; // Detached while we looked.
        }
    }
}

using System.Globalization;
using System.Runtime.InteropServices;

namespace Provision.Grid;

/// <summary>A process of this machine, told from a later one of the same id by when it started, in clock ticks since boot.</summary>
public sealed record LiveProcess(int Id, long Started)
{
    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>True until it has ended; one that only waits to be collected has.</summary>
    public bool Runs => Find(Id) == this;

    /// <summary>The program and its arguments, separated by NUL; empty for a thread of the kernel.</summary>
    public string CommandLine => Read("cmdline");

    /// <summary>What it began with as its environment.</summary>
    public string Environment => Read("environ");

    /// <summary>Its control groups, a line each.</summary>
    public string Groups => Read("cgroup");

    /// <summary>Its threads, a line each: name, state, and what the kernel does for it.</summary>
    public IReadOnlyList<string> Threads =>
        [.. Directory.EnumerateDirectories($"/proc/{Id}/task").Select(Path.GetFileName).Select(DescribeThread!)];

    /// <summary>The process of this id; null when there is none.</summary>
    public static LiveProcess? Find(int id)
    {
        // The name in parentheses may hold any character; after it come the state and, 19 fields later, the start (proc_pid_stat(5)).
        var stat = Read(id, "stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 20 || fields[0] is "Z" or "X"
            ? null
            : new LiveProcess(id, long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    /// <summary>All that run now.</summary>
    public static IEnumerable<LiveProcess> List() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? Find(id) : null)
        .OfType<LiveProcess>();

    /// <summary>Sends it a signal, if it still runs.</summary>
    public void Signal(int signal)
    {
        if (Runs)
        {
            _ = Send(Id, signal);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"process {Id}: {CommandLine.Replace('\0', ' ')}";

    private static string DescribeThread(string id)
    {
        var thread = int.Parse(id, CultureInfo.InvariantCulture);
        var stat = Read(thread, "stat");
        var state = stat[(stat.LastIndexOf(')') + 1)..].TrimStart().FirstOrDefault();
        return $"thread {id} {Read(thread, "comm").Trim()} {state}: {Read(thread, "stack").ReplaceLineEndings(" ")}";
    }

    private string Read(string name) => Read(Id, name);

    private static string Read(int id, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{name}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // It ended while we looked, or is somebody else's.
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int process, int signal);
}

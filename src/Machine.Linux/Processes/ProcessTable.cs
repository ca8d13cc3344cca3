using System.Globalization;
using System.Text;

namespace Provision.Machine.Linux.Processes;

/// <summary>The kernel's list of processes (proc(5)).</summary>
internal static class ProcessTable
{
    private const int EnvironmentSizeMax = 4096; // Our line is the second.

    /// <summary>Every process that is alive; those that ended and only wait to be collected are not.</summary>
    public static IEnumerable<ProcessEntry> List() => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Find(id) : null)
        .OfType<ProcessEntry>();

    /// <summary>One process; null when there is none of this id, or it has ended.</summary>
    public static ProcessEntry? Find(int id)
    {
        if (Read($"/proc/{id}/stat") is not { Length: > 0 } stat)
        {
            return null;
        }

        // The second field is the program's name in parentheses, and may hold any character: the others come after the last one.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X"
            ? null
            : new ProcessEntry(
                id, int.Parse(fields[3], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// True when the process is one of the machine's root, and its environment has this line among its first. A container's processes
    /// are somebody else's, and make their environment what they like, in size and content.
    /// </summary>
    public static bool HasMark(int id, string mark) => IsRoots(id) && ReadStart($"/proc/{id}/environ").Split('\0').Contains(mark);

    // Real, effective, saved, and of files: proc_pid_status(5).
    private static bool IsRoots(int id) => Read($"/proc/{id}/status")?.Split('\n')
        .Any(line => line.StartsWith("Uid:", StringComparison.Ordinal) && line.Split('\t')[1..] is ["0", "0", "0", "0"]) is true;

    private static string ReadStart(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[EnvironmentSizeMax];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // As below.
        }
    }

    /// <summary>
    /// True when the process handles the signal or waits for it. For the first process of a process namespace nothing else counts: the
    /// kernel drops every signal from outside that it would die of by default, but KILL (pid_namespaces(7)).
    /// </summary>
    public static bool Hears(int id, int signal) =>
        ThreadsOf(id).Any(thread => Read($"{thread}/status")?.Split('\n').Any(line => IsIn(line, signal)) is true);

    private static string[] ThreadsOf(int id)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{id}/task");
        }
        catch (IOException)
        {
            return []; // It ended, before or while we looked.
        }
    }

    private static bool IsIn(string line, int signal) =>
        line[..Math.Min(7, line.Length)] is "SigCgt:" or "SigBlk:"
        && ulong.TryParse(line.AsSpan(line.IndexOf('\t', StringComparison.Ordinal) + 1), NumberStyles.HexNumber, null, out var set)
        && (set >> (signal - 1) & 1) != 0;

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It ended while we looked, or is a process that nobody may look into; neither is one of ours.
        }
    }
}

/// <summary>A process: its id, its session, and when it started, in clock ticks since boot.</summary>
internal sealed record ProcessEntry(int Id, int Session, long StartTicks);

using System.Globalization;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Doctor;

/// <summary>Who holds a lock file. It is only looked at: who took it, however shortly, could keep a daemon from starting.</summary>
public static class LockHolder
{
    /// <summary>The process that holds it; null: nobody does, or the kernel does not say.</summary>
    public static int? Find(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var (number, target) = Describe(path);

        // proc(5), locks: number, sort, mode, access, process, device and inode, range. Files of other disks have the same inodes, and the
        // device that btrfs gives a file is not the one that is written here: so the file has to be open there, too.
        return File.ReadLines("/proc/locks").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is [_, "FLOCK", _, "WRITE", _, var place, ..] && place.Split(':')[^1] == number)
            .Select(words => int.TryParse(words[4], CultureInfo.InvariantCulture, out var process) ? process : (int?)null)
            .FirstOrDefault(process => process is { } one && HasOpen(one, target));
    }

    private static (string? Inode, string Target) Describe(string path)
    {
        using var file = Libc.OpenUnlocked(path);
        var handle = file.DangerousGetHandle();
        var number = File.ReadLines($"/proc/self/fdinfo/{handle}")
            .Where(line => line.StartsWith("ino:", StringComparison.Ordinal)).Select(line => line[4..].Trim()).FirstOrDefault();
        return (number, new FileInfo($"/proc/self/fd/{handle}").LinkTarget!);
    }

    private static bool HasOpen(int process, string target)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Any(link => new FileInfo(link).LinkTarget == target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It ended meanwhile, or is somebody else's.
        }
    }
}

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

        using var file = Libc.OpenUnlocked(path);
        var number = File.ReadLines($"/proc/self/fdinfo/{file.DangerousGetHandle()}")
            .Where(line => line.StartsWith("ino:", StringComparison.Ordinal)).Select(line => line[4..].Trim()).FirstOrDefault();

        // proc(5), locks: number, sort, mode, access, process, device and inode, range
        return File.ReadLines("/proc/locks").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is [_, "FLOCK", _, "WRITE", _, var place, ..] && place.Split(':')[^1] == number)
            .Select(words => int.TryParse(words[4], CultureInfo.InvariantCulture, out var process) ? process : (int?)null).FirstOrDefault();
    }
}

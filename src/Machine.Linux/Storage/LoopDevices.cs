using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Processes;

namespace Provision.Machine.Linux.Storage;

/// <summary>Files as block devices (losetup(8)).</summary>
internal sealed class LoopDevices(Commands commands)
{
    private const string Devices = "/sys/block";

    /// <summary>The device of this file: the one that is attached to it already, or a free one.</summary>
    public async ValueTask<string> EnsureAsync(string file, CancellationToken ct) =>
        FindWhole(Path.Combine(Folders.RealPath(Path.GetDirectoryName(file)!), Path.GetFileName(file)))
        ?? (await commands.RunAsync(Programs.LoopSetup, ["--find", "--show", "--nooverlap", file], ct)).Trim();

    /// <summary>Detaches every device from this file. None: nothing to do.</summary>
    public async ValueTask RemoveAsync(string file, CancellationToken ct)
    {
        foreach (var device in await FindAsync(file, ct))
        {
            await commands.RunAsync(Programs.LoopSetup, ["--detach", device], ct);
        }
    }

    // As the kernel tells it (sysfs-block-loop): at most starts it is attached already, and to ask a program takes a fifth of a start.
    private static string? FindWhole(string file) => Directory.EnumerateDirectories(Devices, "loop*")
        .Where(device => Read(device, "backing_file") == file && Read(device, "offset") == "0" && Read(device, "sizelimit") == "0")
        .Select(device => "/dev/" + Path.GetFileName(device))
        .FirstOrDefault();

    // Null: no file is attached, or not any more.
    private static string? Read(string device, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(device, "loop", name)).TrimEnd('\n');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async ValueTask<IReadOnlyList<string>> FindAsync(string file, CancellationToken ct) => File.Exists(file)
        ? (await commands.RunAsync(Programs.LoopSetup, ["--list", "--noheadings", "--output", "NAME", "--associated", file], ct))
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [];
}

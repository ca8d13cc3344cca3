using System.Text;
using Provision.Reservations;

namespace Provision.Grid;

/// <summary>
/// What the machine has of one node: read from the kernel's own tables and folders, so that it is found whatever became of the node.
/// </summary>
/// <param name="folder">The node's folder, without symbolic links.</param>
public sealed class Traces(string folder)
{
    private const string Shared = "/run/provision";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string tag = Digest.Of(Encoding.UTF8.GetBytes(Path.Combine(folder, "machine"))).Short;

    /// <summary>What the node keeps in memory.</summary>
    public string Volatile => Path.Combine(Shared, tag);

    /// <summary>What it has of its private networks.</summary>
    public NetworkTraces Networks => new(tag, folder);

    /// <summary>
    /// Everything, in words: mounts, loop devices, processes, control groups, what is in memory, ranges of ids, private networks.
    /// </summary>
    public async Task<IReadOnlyList<string>> ListAsync() =>
    [
        .. Mounts.Select(target => $"mount {target}"),
        .. LoopDevices.Select(device => $"loop device {device}"),
        .. Processes.Select(process => process.ToString()),
        .. Groups.Select(group => $"control group {group}"),
        .. IdSlots.Select(slot => $"range of ids {slot}"),
        .. Directory.Exists(Volatile) ? (string[])[$"folder {Volatile}"] : [],
        .. await Networks.ListAsync(),
    ];

    /// <summary>Where something of it is mounted, as far as this process sees, the last one first.</summary>
    public IReadOnlyList<string> Mounts =>
    [
        .. File.ReadAllLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4])
            .Where(target => IsOurs(target + "/")).Reverse(),
    ];

    /// <summary>The loop devices of its files.</summary>
    public IReadOnlyList<string> LoopDevices =>
    [
        .. Directory.EnumerateDirectories("/sys/block", "loop*")
            .Where(device => IsOurs(Read(Path.Combine(device, "loop", "backing_file"))))
            .Select(device => "/dev/" + Path.GetFileName(device)),
    ];

    /// <summary>Its programs, the daemon and the supervisors of containers, and all that runs in containers.</summary>
    public IReadOnlyList<LiveProcess> Processes =>
        [.. LiveProcess.List().Where(process => IsOurs(process.CommandLine) || IsInContainer(process))];

    /// <summary>The supervisors of its containers.</summary>
    public IReadOnlyList<LiveProcess> Supervisors =>
    [
        .. Processes.Where(process => Path.GetFileName(process.CommandLine.Split('\0')[0]) == "conmon" && !IsInContainer(process)),
    ];

    /// <summary>The folders of its control groups, of every hierarchy, those inside others first.</summary>
    public IReadOnlyList<string> Groups =>
    [
        .. File.ReadAllLines("/proc/self/mountinfo")
            .Where(line => line[line.IndexOf(" - ", StringComparison.Ordinal)..].StartsWith(" - cgroup", StringComparison.Ordinal))
            .Select(line => Path.Combine(line.Split(' ')[4], $"provision-{tag}"))
            .Where(Directory.Exists)
            .SelectMany(top => Directory.EnumerateDirectories(top, "*", SearchOption.AllDirectories).Append(top))
            .OrderByDescending(group => group.Length),
    ];

    /// <summary>The files that say which ranges of ids its containers have.</summary>
    public IReadOnlyList<string> IdSlots => Directory.Exists(Path.Combine(Shared, "ids"))
        ? [.. Directory.EnumerateFiles(Path.Combine(Shared, "ids")).Where(slot => IsOurs(Read(slot)))]
        : [];

    /// <summary>True for what runs in a container of the node.</summary>
    public bool IsInContainer(LiveProcess process) => process.Groups.Split('\n').Any(group =>
        group.Contains($"/provision-{tag}/", StringComparison.Ordinal) && !group.EndsWith("/supervisors", StringComparison.Ordinal));

    /// <summary>The files in memory of one container.</summary>
    public string BundleOf(Digest container) => Path.Combine(Volatile, "bundles", container.ToString());

    /// <summary>
    /// Takes everything away that a loss of power would take: processes, control groups, mounts, loop devices, what is in memory,
    /// private networks. Files on the disk stay.
    /// </summary>
    /// <exception cref="TimeoutException">Something does not go.</exception>
    public async Task RemoveAsync()
    {
        await Until.TrueAsync("processes that end", () =>
        {
            var running = Processes;
            foreach (var process in running)
            {
                process.Signal(LiveProcess.Kill);
            }

            return Task.FromResult(running.Count == 0);
        }, Patience);
        await Until.TrueAsync("control groups that go", () => Task.FromResult(Groups.All(TryRemove)), Patience);
        await Until.TrueAsync("mounts that go", () => AllAsync(Mounts, "umount"), Patience);
        await Until.TrueAsync("loop devices that go", () => AllAsync(LoopDevices, "losetup", "--detach"), Patience);
        await Networks.RemoveAsync();
        foreach (var slot in IdSlots)
        {
            File.Delete(slot);
        }

        if (Directory.Exists(Volatile))
        {
            Directory.Delete(Volatile, recursive: false);
        }
    }

    // A path is not that of a folder whose name only begins the same way.
    private bool IsOurs(string text) =>
        text.Contains(folder + "/", StringComparison.Ordinal) || text.Contains(folder + '\0', StringComparison.Ordinal)
        || text.Contains(Volatile + "/", StringComparison.Ordinal);

    private static async Task<bool> AllAsync(IReadOnlyList<string> things, params string[] command)
    {
        foreach (var thing in things)
        {
            await CommandRun.RunAsync(command[0], [.. command[1..], thing]);
        }

        return things.Count == 0;
    }

    private static bool TryRemove(string group)
    {
        try
        {
            Directory.Delete(group);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return false; // What was in it is still on its way out.
        }
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // It is not attached, or went while we looked.
        }
    }
}

using Provision.Machine.Linux.Processes;

namespace Provision.Machine.Linux.Storage;

/// <summary>Files as block devices (losetup(8)).</summary>
internal sealed class LoopDevices(Commands commands)
{
    /// <summary>The device of this file: the one that is attached to it already, or a free one.</summary>
    public async ValueTask<string> EnsureAsync(string file, CancellationToken ct) =>
        (await commands.RunAsync(Programs.LoopSetup, ["--find", "--show", "--nooverlap", file], ct)).Trim();

    /// <summary>Detaches every device from this file. None: nothing to do.</summary>
    public async ValueTask RemoveAsync(string file, CancellationToken ct)
    {
        foreach (var device in await FindAsync(file, ct))
        {
            await commands.RunAsync(Programs.LoopSetup, ["--detach", device], ct);
        }
    }

    private async ValueTask<IReadOnlyList<string>> FindAsync(string file, CancellationToken ct) => File.Exists(file)
        ? (await commands.RunAsync(Programs.LoopSetup, ["--list", "--noheadings", "--output", "NAME", "--associated", file], ct))
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [];
}

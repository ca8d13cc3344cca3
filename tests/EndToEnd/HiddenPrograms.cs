using Provision.Grid;

namespace Provision.EndToEnd;

/// <summary>A daemon for which some programs are not installed: it does not see them, and everybody else does.</summary>
internal static class HiddenPrograms
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Ends the node's daemon and starts one without these programs; returns when it has polled.</summary>
    public static async Task RestartWithoutAsync(this TestGrid grid, params IReadOnlyList<string> programs)
    {
        // In a mount namespace of its own, where nothing that can be run lies over them. What others mount is seen there, too.
        var script = grid.In($"provisiond-without-{string.Join('-', programs)}");
        await File.WriteAllTextAsync(
            script,
            $$"""
            #!/bin/sh
            exec unshare --mount --propagation slave sh -c '
                for program in {{string.Join(' ', programs)}}; do
                    for folder in /usr/sbin /usr/bin; do
                        [ ! -e "$folder/$program" ] || mount --bind /dev/null "$folder/$program" || exit 1
                    done
                done
                exec "$0" "$@"' '{{Programs.Provisiond}}' "$@"

            """);
        File.SetUnixFileMode(script, Executable);
        await grid.Provisiond!.KillAsync();
        grid.StartNode(script);
        await grid.PolledAsync();
    }

    /// <summary>Ends the node's daemon and starts one that sees everything; returns when it has polled.</summary>
    public static async Task RestartAsync(this TestGrid grid)
    {
        await grid.Provisiond!.KillAsync();
        grid.StartNode();
        await grid.PolledAsync();
    }
}

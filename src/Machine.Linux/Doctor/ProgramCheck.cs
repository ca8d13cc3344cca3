using System.Text.RegularExpressions;
using Provision.Machine.Linux.Processes;

namespace Provision.Machine.Linux.Doctor;

/// <summary>Whether a program is there, starts, and is no older than any that was tried.</summary>
/// <param name="program">One of <see cref="Programs"/>.</param>
/// <param name="oldest">The oldest version that was tried.</param>
internal sealed partial class ProgramCheck(string program, Version oldest)
{
    /// <summary>What is done without it; null: nothing can be.</summary>
    public string? Fallback { get; init; }

    /// <summary>Looks.</summary>
    public async ValueTask<Finding> LookAsync(Surroundings here, CancellationToken ct)
    {
        var install = $"Install it: apt-get install {Programs.PackageOf(program)}";
        if (!Commands.IsInstalled(program, here.ProgramFolders))
        {
            return Fallback is null
                ? Finding.Failed($"{program} is not installed", install)
                : Finding.Warning($"{program} is not installed", Fallback, install);
        }

        var text = await new Commands(TimeProvider.System, here.ProgramFolders).RunAsync(program, ["--version"], ct);
        return !Version.TryParse(Numbers().Match(text).Value, out var version)
            ? Finding.Warning($"{program} does not say its version", "It is used all the same.", install)
            : version < oldest
                ? Finding.Warning($"{program} {version}, older than any that was tried", "It is used all the same.", $"Take {oldest}.")
                : Finding.Ok($"{program} {version}");
    }

    [GeneratedRegex("[0-9]+[.][0-9]+([.][0-9]+)?")]
    private static partial Regex Numbers();
}

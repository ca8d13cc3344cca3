using System.Text;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations.Faults;

namespace Provision.Agent.Configuration;

/// <summary>The file that a daemon is configured with.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="NamedBy">The flag or the variable that names it; null: it is the one that is looked for when none is named.</param>
internal sealed record ConfigurationFile(string Path, string? NamedBy)
{
    /// <summary>Where it is unless somebody named another; it may be missing.</summary>
    public const string DefaultPath = "/etc/provisiond.toml";

    /// <summary>The flag that names it.</summary>
    public const string Flag = "--config";

    /// <summary>The variable that names it.</summary>
    public const string Variable = ConfigurationKey.VariablePrefix + "CONFIG";

    // The template has 3 KiB.
    private const int SizeMax = 256 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The file that a command line and an environment choose.</summary>
    public static ConfigurationFile Choose(string? flag, string? variable) =>
        flag is not null ? Named(flag, Flag)
        : variable is not null ? Named(variable, Variable)
        : new ConfigurationFile(DefaultPath, null);

    /// <summary>What it says; nothing when it is missing and was not named.</summary>
    public ConfigurationSource Read()
    {
        if (Path == "/dev/null" || (NamedBy is null && !System.IO.Path.Exists(Path)))
        {
            return ConfigurationSource.Empty;
        }

        try
        {
            // Opening what is no file may never end.
            if (FindObstacle(FileOwner.Find(Path)) is { } obstacle)
            {
                return Broken(obstacle);
            }

            using var file = File.OpenRead(Path);
            if (FindObstacle(FileOwner.Find(file.SafeFileHandle)) is { } exchanged)
            {
                return Broken(exchanged);
            }

            var bytes = ReadBytes(file);
            return bytes.Length <= SizeMax
                ? TomlDocument.Read(Decode(bytes), Path)
                : Broken(new Problem(Path, $"has more than {SizeMax / 1024} KiB", "name a file of lines such as: pool-size = 4"));
        }
        catch (DecoderFallbackException)
        {
            return Broken(new Problem(Path, "is not UTF-8", "save it as UTF-8"));
        }
        catch (UnauthorizedAccessException)
        {
            return Broken(new Problem(Path, "cannot be read by this user", "run as root, or let this user read it"));
        }
        catch (IOException e)
        {
            return Broken(new Problem(Path, $"cannot be read: {e.Message}", "see whether its disk is well"));
        }
    }

    private static ConfigurationFile Named(string path, string namedBy) =>
        new(path.Length == 0 || path.Contains('\0', StringComparison.Ordinal) ? path : System.IO.Path.GetFullPath(path), namedBy);

    private Problem? FindObstacle(FileOwner? found)
    {
        if (found is not { } owner)
        {
            return Missing();
        }

        if (!owner.IsFile)
        {
            return new Problem(Path, "is no file", "name a file of lines such as: pool-size = 4");
        }

        // What somebody else may write is an order to root by somebody else.
        return !Environment.IsPrivilegedProcess ? null
            : owner.IsInOtherHands ? InOtherHands(Path, "can be changed by others than root")
            : PathFolders.To(Path).FirstOrDefault(folder => FileOwner.Find(folder) is not { IsFolderInOtherHands: false }) is { } folder
                ? InOtherHands(folder, $"lies behind {folder}, which can be changed by others than root")
            : null;
    }

    private Problem InOtherHands(string place, string reason) => new(Path, reason, $"run: chown root {place} && chmod go-w {place}");

    private Problem Missing() => Path.Length == 0
        ? new Problem(NamedBy!, "is empty", "name a file, or leave it out")
        : new Problem(
            Path,
            $"is not there, or not to be seen by this user{(NamedBy is null ? "" : $"; {NamedBy} names it")}",
            "make it with 'provisiond config template', or name another");

    private static byte[] ReadBytes(FileStream file)
    {
        var bytes = new byte[SizeMax + 1];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    private static string Decode(byte[] bytes)
    {
        var hasMark = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble);
        return Strict.GetString(bytes.AsSpan(hasMark ? Encoding.UTF8.Preamble.Length : 0));
    }

    private static ConfigurationSource Broken(Problem problem) => new([], [problem]) { IsBroken = true };
}

using System.Security.Cryptography;
using Provision.Machine.Linux.Storage;

namespace Provision.Machine.Linux.Doctor;

/// <summary>A folder to throw away: what somebody still has mounted in it is left alone, and so is the folder then.</summary>
internal sealed class TrialFolder : IDisposable
{
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What its name begins with.</summary>
    public const string Prefix = "provision-doctor-";

    /// <summary>Makes one that anybody may pass and only we may list.</summary>
    /// <param name="above">Where; null: where temporary files are.</param>
    public TrialFolder(string? above = null)
    {
        var name = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        Path = System.IO.Path.Combine(above ?? System.IO.Path.GetTempPath(), name);
        Directory.CreateDirectory(Path, Passable);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>A name in it.</summary>
    public string Of(string name) => System.IO.Path.Combine(Path, name);

    // Never recursive: were an unmount missed, that would be the machine.
    public void Dispose()
    {
        if (!Mounts.List().Any(mount => mount.Target.StartsWith(Path, StringComparison.Ordinal)))
        {
            Array.ForEach(Directory.GetFiles(Path), File.Delete);
            Array.ForEach(Directory.GetDirectories(Path), folder => Directory.Delete(folder, recursive: false));
            Directory.Delete(Path, recursive: false);
        }
    }
}

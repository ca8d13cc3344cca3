using Provision.Machine.Linux.Processes;

namespace Provision.Machine.Linux.Doctor;

/// <summary>Where this machine tells about itself.</summary>
internal sealed record Surroundings
{
    /// <summary>proc(5).</summary>
    public string Proc { get; init; } = "/proc";

    /// <summary>sysfs(5).</summary>
    public string Sys { get; init; } = "/sys";

    /// <summary>The files of devices.</summary>
    public string Dev { get; init; } = "/dev";

    /// <summary>What the administrator wrote.</summary>
    public string Etc { get; init; } = "/etc";

    /// <summary>Where programs are looked for.</summary>
    public IReadOnlyList<string> ProgramFolders { get; init; } = Commands.Folders;

    /// <summary>Whom this machine asks for names; null: as the daemon finds it out.</summary>
    public IReadOnlyList<string>? ResolverFiles { get; init; }

    /// <summary>The text of a file below <see cref="Proc"/>, without blanks around it; null: there is none.</summary>
    public string? ReadProc(string path) => Read(Path.Combine(Proc, path));

    /// <summary>The text of a file, without blanks around it; null: there is none.</summary>
    public static string? Read(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;
}

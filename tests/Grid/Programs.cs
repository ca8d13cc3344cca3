namespace Provision.Grid;

/// <summary>
/// The three programs, as a Release build leaves them; <c>provision</c> and <c>provisiond</c> of another folder, such as that of
/// eng/publish, where <c>PROVISION_PROGRAMS</c> names one.
/// </summary>
public static class Programs
{
    /// <summary>The folder of the sources.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The tool of users.</summary>
    public static string Provision => FindNamed("provision") ?? BuiltProvision;

    /// <summary>The daemon of a node.</summary>
    public static string Provisiond => FindNamed("provisiond") ?? BuiltProvisiond;

    /// <summary>The tool of users, as built.</summary>
    public static string BuiltProvision => Find("Cli", "provision");

    /// <summary>The daemon of a node, as built.</summary>
    public static string BuiltProvisiond => Find("Agent", "provisiond");

    /// <summary>The explorer.</summary>
    public static string Explorer => Find("Explorer", "provision-explorer");

    private static string? FindNamed(string name) => Environment.GetEnvironmentVariable("PROVISION_PROGRAMS") is { Length: > 0 } folder
        ? Path.Combine(Path.GetFullPath(folder, Root), name)
        : null;

    private static string Find(string project, string name)
    {
        var path = Path.Combine(Root, "artifacts", "bin", project, "release", name);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: run eng/build {project}");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Provision.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Provision.slnx above {AppContext.BaseDirectory}.");
    }
}

using System.Diagnostics;

namespace Provision.Tidy;

/// <summary>The files of the repository: what is committed, and what would be.</summary>
internal static class Repository
{
    private static readonly Lazy<IReadOnlyList<SourceFile>> AllFiles = new(() => [.. List().Select(path => new SourceFile(path))]);

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file, by its path from the root.</summary>
    public static IReadOnlyList<SourceFile> Files => AllFiles.Value;

    /// <summary>C# of src and tests.</summary>
    public static IEnumerable<SourceFile> Code => Files.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>C# of src, without the tests that lie beside their kind.</summary>
    public static IEnumerable<SourceFile> Production =>
        Code.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && !file.IsTestOfKind);

    /// <summary>Every project file.</summary>
    public static IEnumerable<SourceFile> Projects => Files.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>The kinds of workload and the folders they live in.</summary>
    public static IReadOnlyList<string> KindFolders { get; } =
    [
        .. Directory.EnumerateDirectories(Path.Combine(Root, "src", "Workloads")).Order(StringComparer.Ordinal)
            .Where(folder => Directory.EnumerateFiles(folder, "*.cs").Any())
            .Select(folder => Path.GetFileName(folder)),
    ];

    /// <summary>The file at this path, or null.</summary>
    public static SourceFile? Find(string path) => Files.FirstOrDefault(file => file.Path == path);

    /// <summary>True for a file or folder at this path from the root.</summary>
    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

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

    // Git knows what is ignored; an unpacked archive has no git, there the folders that builds and runs make are left out.
    private static IEnumerable<string> List() =>
        (ListByGit() ?? ListByWalk()).Where(path => File.Exists(Path.Combine(Root, path))).Order(StringComparer.Ordinal);

    private static List<string>? ListByGit()
    {
        if (!Path.Exists(Path.Combine(Root, ".git")))
        {
            return null;
        }

        string[] arguments = ["ls-files", "-co", "--exclude-standard", "-z"];
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true };
        using var git = Process.Start(start)!;
        var paths = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return git.ExitCode == 0 ? [.. paths.Distinct()] : null;
    }

    private static IEnumerable<string> ListByWalk() =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split('/').Any(IsLeftOut));

    private static bool IsLeftOut(string folder) => folder is ".git" or "artifacts" || folder.StartsWith(".grid", StringComparison.Ordinal);
}

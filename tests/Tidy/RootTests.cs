using Xunit;

namespace Provision.Tidy;

/// <summary>What a visitor sees first.</summary>
public sealed class RootTests
{
    private static readonly HashSet<string> Expected =
    [
        ".ci", "bench", "benchmarks", "docs", "eng", "run", "src", "test", "tests",
        "CONTRIBUTING.md", "LICENSE", "README.md",
        ".editorconfig", ".gitattributes", ".gitignore", "Directory.Build.props", "Directory.Packages.props", "global.json",
        "Provision.slnx",
    ];

    [Fact]
    public void The_root_holds_no_stray_files() => Rule.Holds(
        Repository.Files.Select(file => file.Path.Split('/')[0]).Distinct().Where(name => !Expected.Contains(name)),
        "Move these where they belong (scripts to eng, texts to docs), or add them to RootTests.cs if every visitor needs them:");

    [Fact]
    public void Nothing_built_is_committed() => Rule.Holds(
        Repository.Files.Select(file => file.Path)
            .Where(path => Path.GetExtension(path) is ".dll" or ".exe" or ".pdb" or ".nupkg" or ".so" or ".log" or ".db"),
        "Add these to .gitignore:");
}

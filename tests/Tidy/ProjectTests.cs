using System.Xml.Linq;
using Xunit;

namespace Provision.Tidy;

/// <summary>Solution, projects, packages and analyzer settings.</summary>
public sealed class ProjectTests
{
    private static IEnumerable<SourceFile> Builds =>
        Repository.Files.Where(file => Path.GetExtension(file.Path) is ".csproj" or ".props" or ".targets");

    private static IEnumerable<SourceFile> Settings =>
        Repository.Files.Where(file => Path.GetFileName(file.Path) is ".editorconfig" or ".globalconfig");

    [Fact]
    public void The_solution_lists_every_project_and_no_other()
    {
        var solution = XDocument.Parse(Repository.Find("Provision.slnx")!.Text);
        var listed = solution.Descendants("Project").Select(project => project.Attribute("Path")!.Value).ToList();
        var there = Repository.Projects.Select(project => project.Path).ToList();
        Rule.Holds(there.Except(listed), "Add these to Provision.slnx, or nobody builds them:");
        Rule.Holds(listed.Except(there), "Take these out of Provision.slnx, they are not there:");
    }

    [Fact]
    public void Every_package_has_one_version_and_its_reason_above_it()
    {
        var versions = XDocument.Parse(Repository.Find("Directory.Packages.props")!.Text).Descendants("PackageVersion").ToList();
        var names = versions.Select(version => version.Attribute("Include")!.Value).ToHashSet();
        Rule.Holds(
            versions.Where(version => version.NodesBeforeSelf().LastOrDefault(node => node is not XText) is not XComment)
                .Select(version => version.ToString()),
            "Say in a comment above each PackageVersion why we take it in:");
        Rule.Holds(
            Builds.SelectMany(file => PackagesOf(file).Where(name => !names.Contains(name)).Select(name => $"{file}: {name}")),
            "Give these packages a PackageVersion with its reason in Directory.Packages.props:");
        var used = Builds.SelectMany(PackagesOf).ToHashSet();
        Rule.Holds(
            names.Where(name => !used.Contains(name) && !LockedTransitively(name)),
            "Take these out of Directory.Packages.props, nobody references them:");
    }

    [Fact]
    public void No_project_gives_a_version_of_its_own() => Rule.Holds(
        Builds.Where(file => XDocument.Parse(file.Text).Descendants("PackageReference").Any(HasVersion)).Select(file => file.Path),
        "Move the version to Directory.Packages.props:");

    [Fact]
    public void Every_project_has_its_lock_file() => Rule.Holds(
        Repository.Projects.Select(project => $"{Path.GetDirectoryName(project.Path)}/packages.lock.json")
            .Where(path => Repository.Find(path) is null),
        "Run 'dotnet restore Provision.slnx' and commit:");

    [Fact]
    public void Every_analyzer_that_is_off_says_why_on_the_line_above() => Rule.Holds(
        Settings.SelectMany(file => file.Lines.Zip(file.Lines.Skip(1))
            .Where(pair => pair.Second.Line.Contains("severity = none", StringComparison.Ordinal) && !pair.First.Line.StartsWith('#'))
            .Select(pair => $"{file}:{pair.Second.Number} {pair.Second.Line}")),
        "Write the reason in a comment on the line above:");

    [Fact]
    public void A_namespace_begins_with_the_name_of_its_project() => Rule.Holds(
        Repository.Projects.Where(project => XDocument.Parse(project.Text).Descendants("RootNamespace").Any())
            .Select(project => project.Path),
        "Take RootNamespace out: Directory.Build.props makes it Provision.<Project>:");

    // Pinned though nobody names it: central pinning lifts a package that others bring in.
    private static bool LockedTransitively(string name) =>
        Repository.Files.Any(file => file.IsGenerated && file.Text.Contains($"\"{name}\"", StringComparison.Ordinal));

    private static bool HasVersion(XElement reference) =>
        reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null || reference.HasElements;

    private static IEnumerable<string> PackagesOf(SourceFile file) =>
        XDocument.Parse(file.Text).Descendants("PackageReference")
            .Select(reference => reference.Attribute("Include")?.Value)
            .OfType<string>();
}

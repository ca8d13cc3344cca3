using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Provision.Tidy;

/// <summary>
/// Unused usings. A build would tell only with a documentation file, so the compiler is asked here, with the assemblies that a build
/// left in artifacts; a project that is not built is left out, and './test' builds them all.
/// </summary>
public sealed class UsingTests
{
    private const string Unused = "CS8019";

    // A name that is not found or not seen: the file cannot be judged, because the using may be what would bring it.
    private static readonly HashSet<string> NotFound = ["CS0246", "CS0234", "CS0103", "CS0122"];

    private static readonly Dictionary<string, string> Programs = new()
    {
        ["Agent"] = "provisiond",
        ["Cli"] = "provision",
        ["Explorer"] = "provision-explorer",
    };

    private static readonly string Built = Path.Combine(Repository.Root, "artifacts");

    // Everything built, and what the running .NET brings.
    private static readonly Lazy<IReadOnlyDictionary<string, MetadataReference>> Assemblies = new(() =>
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var web = Path.Combine(runtime, "..", "..", "Microsoft.AspNetCore.App", Path.GetFileName(runtime));
        return Outputs().Append(runtime).Append(web)
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.dll"))
            .DistinctBy(Path.GetFileName)
            .Where(IsManaged)
            .ToDictionary(
                path => Path.GetFileNameWithoutExtension(path),
                MetadataReference (path) => MetadataReference.CreateFromFile(path));
    });

    [Fact]
    public void Every_using_is_used() => Rule.Holds(Repository.Projects.SelectMany(UnusedUsings).Order(), "Take these out:");

    private static IEnumerable<string> UnusedUsings(SourceFile project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Path);
        var generated = Path.Combine(Built, "obj", name, "release");
        if (!Directory.Exists(generated))
        {
            return [];
        }

        var trees = SourcesOf(project, name).Select(file => file.Tree).ToHashSet();
        var global = Directory.EnumerateFiles(generated, "*.GlobalUsings.g.cs").Select(path => SourceFile.Parse(path, path));
        var assembly = Programs.GetValueOrDefault(name, $"Provision.{name}");
        var others = Assemblies.Value.Where(other => other.Key != assembly).Select(other => other.Value);
        var diagnostics = CSharpCompilation.Create(assembly, [.. trees, .. global], others).GetDiagnostics();
        var unsure = diagnostics.Where(diagnostic => NotFound.Contains(diagnostic.Id))
            .Select(diagnostic => diagnostic.Location.SourceTree)
            .ToList();
        return diagnostics
            .Where(diagnostic => diagnostic.Id == Unused && trees.Contains(diagnostic.Location.SourceTree!))
            .Where(diagnostic => !unsure.Contains(diagnostic.Location.SourceTree))
            .Select(diagnostic => diagnostic.Location)
            .Select(place => $"{place.SourceTree!.FilePath}:{place.GetLineSpan().StartLinePosition.Line + 1}");
    }

    private static IEnumerable<SourceFile> SourcesOf(SourceFile project, string name)
    {
        var folder = $"{Path.GetDirectoryName(project.Path)}/";
        return Repository.Code.Where(file => file.IsTestOfKind
            ? name == "Workloads.Tests"
            : file.Path.StartsWith(folder, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Outputs() => Directory.Exists(Path.Combine(Built, "bin"))
        ? Directory.EnumerateDirectories(Path.Combine(Built, "bin")).Select(folder => Path.Combine(folder, "release"))
        : [];

    private static bool IsManaged(string path)
    {
        try
        {
            AssemblyName.GetAssemblyName(path);
            return true;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}

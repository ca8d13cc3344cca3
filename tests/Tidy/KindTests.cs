using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Provision.Tidy;

/// <summary>A kind is one folder and one line: nothing outside it knows its name.</summary>
public sealed class KindTests
{
    // Places outside a kind's folder that may say its name, each with the reason.
    private static readonly Dictionary<string, string> MayName = new()
    {
        ["src/Workloads/Container/NetworkField.cs"] = "Zero-OS calls a field of a container by the same word",
        ["src/Machine.Linux/Containers/RuntimeConfig.cs"] = "OCI calls a namespace of the kernel by the same word",
    };

    private static readonly Lazy<bool> HasConformance =
        new(() => TypesOf(Repository.Code).Any(type => type.Identifier.Text == "WorkloadConformance"));

    public static TheoryData<string> Kinds => new(Repository.KindFolders);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Its_name_is_written_in_its_folder_only(string kind) => Rule.Holds(
        Repository.Production
            .Where(file => !file.Path.StartsWith($"src/Workloads/{kind}/", StringComparison.Ordinal))
            .Where(file => !file.Path.StartsWith("src/Reservations/Wire/", StringComparison.Ordinal))
            .Where(file => !MayName.ContainsKey(file.Path))
            .SelectMany(file => file.Nodes<LiteralExpressionSyntax>()
                .Where(literal => literal.IsKind(SyntaxKind.StringLiteralExpression))
                .Where(literal => literal.Token.ValueText.Equals(kind, StringComparison.OrdinalIgnoreCase))
                .Select(literal => file.At(literal))),
        $"Ask the module (IWorkloadModule) instead of comparing with \"{kind}\"; what a kind needs to be asked belongs on its module:");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_in_the_catalog(string kind) => Assert.Contains(
        $"{kind}.{kind}Module(",
        Repository.Find("src/Workloads/WorkloadCatalog.cs")!.Text,
        StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_has_a_readme_and_passes_the_conformance_of_kinds(string kind)
    {
        if (!HasConformance.Value)
        {
            return;
        }

        var folder = $"src/Workloads/{kind}";
        var tests = Repository.Code.Where(file => file.Path.StartsWith($"{folder}/Tests/", StringComparison.Ordinal));
        var conforms = TypesOf(tests).Any(type =>
            type.BaseList?.Types.Any(parent => parent.Type.ToString().StartsWith("WorkloadConformance", StringComparison.Ordinal)) is true);
        Rule.Holds(
            Repository.Find($"{folder}/README.md") is null ? [$"{folder}/README.md"] : Array.Empty<string>(),
            "Say what the kind is, what its fields mean, and what it leaves behind, in:");
        Rule.Holds(
            conforms ? [] : [$"{folder}/Tests/{kind}Conformance.cs : WorkloadConformance"],
            "Derive one class, and the hard tests (crash, undo, repeat) come for nothing:");
    }

    private static IEnumerable<TypeDeclarationSyntax> TypesOf(IEnumerable<SourceFile> files) =>
        files.SelectMany(file => file.Nodes<TypeDeclarationSyntax>());
}

using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Provision.Tidy;

/// <summary>Names say what a thing is.</summary>
public sealed partial class NameTests
{
    // What the compiler makes of statements without a class, and what the runtime looks for in a startup hook.
    private static readonly string[] NamesOfTheRuntime = ["Program", "StartupHook"];

    // Words that say nothing; what to ask instead of using one.
    private static readonly HashSet<string> Empty = new(StringComparer.Ordinal)
    {
        "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Service", "Services", "Base", "Impl", "Common", "Misc",
    };

    private static readonly IReadOnlyList<(SourceFile File, MemberDeclarationSyntax Type, string Name)> Types =
    [
        .. Repository.Code.SelectMany(file => file.Nodes<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            .Select(type => (file, type, Rule.NameOf(type)))),
    ];

    [Fact]
    public void A_type_is_named_by_what_it_is() => Rule.Holds(
        Types.Where(type => Words().Matches(type.Name).Any(word => Empty.Contains(word.Value)))
            .Select(type => $"{type.File.At(type.Type)} {type.Name}"),
        "Name these by the thing they are (Journal, Ledger, Backoff), not by their place in a layer; a test's base is a …Conformance:");

    [Fact]
    public void A_project_or_folder_is_named_by_what_it_holds() => Rule.Holds(
        Repository.Code.SelectMany(file => file.Path.Split('/')[..^1]).Distinct().Where(folder => folder.Split('.').Any(Empty.Contains)),
        "Name these folders by what they hold:");

    [Fact]
    public void No_type_is_the_second_of_its_name()
    {
        var names = Types.Select(type => type.Name).ToHashSet();
        Rule.Holds(
            Types.Where(type => char.IsAsciiDigit(type.Name[^1]) && names.Contains(type.Name.TrimEnd([.. "0123456789"])))
                .Select(type => $"{type.File.At(type.Type)} {type.Name}"),
            "Say in the name how these differ from the first, or take the first away:");
    }

    [Fact]
    public void A_folder_is_a_namespace() => Rule.Holds(
        Repository.Code.SelectMany(file => file.Nodes<BaseNamespaceDeclarationSyntax>()
            .Where(space => space.Name.ToString() != NamespaceOf(file))
            .Select(space => $"{file.At(space)}: {space.Name}, not {NamespaceOf(file)}")),
        "Move the file, or name its namespace after its folder:");

    [Fact]
    public void Every_type_has_a_namespace() => Rule.Holds(
        Types.Where(type => type.Type.Parent is CompilationUnitSyntax && !NamesOfTheRuntime.Contains(type.Name))
            .Select(type => $"{type.File}: {type.Name}"),
        "Give these the namespace of their folder:");

    [Fact]
    public void A_test_is_a_sentence() => Rule.Holds(
        Repository.Code.SelectMany(file => file.Nodes<MethodDeclarationSyntax>()
            .Where(method => method.AttributeLists.SelectMany(list => list.Attributes).Any(IsTest))
            .Where(method => !Sentence().IsMatch(method.Identifier.Text))
            .Select(method => $"{file.At(method)} {method.Identifier.Text}")),
        "Write what holds, in words with underscores (Undo_is_legal_when_do_never_ran):");

    private static bool IsTest(AttributeSyntax attribute) => attribute.Name.ToString() is "Fact" or "Theory";

    // src/Machine.Linux/Disk/X.cs is in Provision.Machine.Linux.Disk. Tests of a kind lie beside it and are built by one project.
    // Only benchmarks is a project at the root.
    private static string NamespaceOf(SourceFile file) => file.Path.Split('/') is ["benchmarks", .. var inner]
        ? $"Provision.{string.Join('.', inner[..^1].Prepend("Benchmarks"))}"
        : $"Provision.{string.Join('.', file.Path.Split('/')[1..^1])}";

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|[0-9]+")]
    private static partial Regex Words();

    [GeneratedRegex("^[A-Z0-9][A-Za-z0-9]*(_[A-Za-z0-9]+)+$")]
    private static partial Regex Sentence();
}

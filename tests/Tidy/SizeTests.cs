using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Provision.Tidy;

/// <summary>What a reader takes in at one go.</summary>
public sealed class SizeTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 60;
    private const int LineMax = 140;
    private const int CompanionsMax = 2;
    private const int CompanionLinesMax = 40;

    // Texts and data do not wrap; what people read as code does.
    private static IEnumerable<SourceFile> Written => Repository.Files.Where(file =>
        file.Bytes.AsSpan().StartsWith("#!"u8) || Path.GetExtension(file.Path) is ".cs" or ".csproj" or ".props" or ".targets" or ".sql");

    [Fact]
    public void A_file_has_at_most_400_lines() => Rule.Holds(
        Repository.Code.Where(file => file.Lines.Count() - 1 > FileLinesMax).Select(file => $"{file}: {file.Lines.Count() - 1}"),
        $"Divide these by what they are about (Store.Receipts.cs); a file has at most {FileLinesMax} lines:");

    [Fact]
    public void A_method_has_at_most_60_lines() => Rule.Holds(
        Repository.Code.SelectMany(file => file.Nodes<SyntaxNode>()
            .Where(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax)
            .Where(node => LinesOf(node) > MethodLinesMax)
            .Select(node => $"{file.At(node)} {NameOf(node)}: {LinesOf(node)}")),
        $"Divide these by what they do; a method has at most {MethodLinesMax} lines:");

    [Fact]
    public void A_line_has_at_most_140_characters() => Rule.Holds(
        Written.SelectMany(file => file.Lines
            .Where(line => line.Line.Length > LineMax)
            .Select(line => $"{file}:{line.Number}: {line.Line.Length}")),
        $"Break these; a line has at most {LineMax} characters:");

    [Fact]
    public void A_file_is_one_type_and_perhaps_a_tiny_companion() => Rule.Holds(
        Repository.Code.SelectMany(CheckTypes),
        $"Give each type a file of its own, named after it; only {CompanionsMax} of at most {CompanionLinesMax} lines may stay beside it:");

    private static IEnumerable<string> CheckTypes(SourceFile file)
    {
        var types = file.TopLevelTypes.ToList();
        var name = Path.GetFileName(file.Path).Split('.')[0];
        if (types.Count > 0 && name != "Program" && types.All(type => Rule.NameOf(type) != name))
        {
            yield return $"{file}: holds {string.Join(", ", types.Select(Rule.NameOf))}, no {name}";
        }

        if (types.Count > 1 + CompanionsMax)
        {
            yield return $"{file}: {types.Count} types";
        }

        foreach (var companion in types.Where(type => Rule.NameOf(type) != name && LinesOf(type) > CompanionLinesMax))
        {
            yield return $"{file.At(companion)} {Rule.NameOf(companion)}: {LinesOf(companion)} lines";
        }
    }

    // Without the comment above it.
    private static int LinesOf(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static string NameOf(SyntaxNode node) => node switch
    {
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        MemberDeclarationSyntax member => Rule.NameOf(member),
        _ => node.Parent?.Parent is PropertyDeclarationSyntax property ? property.Identifier.Text : "accessor",
    };
}

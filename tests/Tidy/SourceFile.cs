using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Provision.Tidy;

/// <summary>One file of the repository, read when it is asked for.</summary>
internal sealed class SourceFile(string path)
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    private readonly Lazy<byte[]> bytes = new(() => File.ReadAllBytes(System.IO.Path.Combine(Repository.Root, path)));
    private readonly Lazy<string> text = new(() => File.ReadAllText(System.IO.Path.Combine(Repository.Root, path)));
    private readonly Lazy<SyntaxTree> tree = new(() => Parse(System.IO.Path.Combine(Repository.Root, path), path));

    /// <summary>From the root, with slashes.</summary>
    public string Path { get; } = path;

    /// <summary>What it holds.</summary>
    public byte[] Bytes => bytes.Value;

    /// <summary>The same as text.</summary>
    public string Text => text.Value;

    /// <summary>False for pictures and the like.</summary>
    public bool IsText => !Bytes.AsSpan(0, Math.Min(Bytes.Length, 8000)).Contains((byte)0);

    /// <summary>Written by a tool, for a tool.</summary>
    public bool IsGenerated => Path.EndsWith("packages.lock.json", StringComparison.Ordinal);

    /// <summary>Tests of a kind lie beside it; tests/Workloads.Tests builds them.</summary>
    public bool IsTestOfKind => Path.StartsWith("src/", StringComparison.Ordinal) && Path.Contains("/Tests/", StringComparison.Ordinal);

    /// <summary>Lines with their numbers, from 1.</summary>
    public IEnumerable<(int Number, string Line)> Lines => Text.Split('\n').Select((line, index) => (index + 1, line));

    /// <summary>What the compiler makes of it.</summary>
    public SyntaxTree Tree => tree.Value;

    /// <summary>The nodes of one sort in it.</summary>
    public IEnumerable<T> Nodes<T>()
        where T : SyntaxNode => Tree.GetRoot().DescendantNodes(descendIntoTrivia: false).OfType<T>();

    /// <summary>The types that are not inside another.</summary>
    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes =>
        Nodes<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            .Where(member => member.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax);

    /// <summary>Reads C# from a file and names it as given.</summary>
    public static SyntaxTree Parse(string file, string name) => CSharpSyntaxTree.ParseText(File.ReadAllText(file), Options, name);

    /// <summary>Path and line of a place in it, as editors understand them.</summary>
    public string At(SyntaxNodeOrToken place) => $"{Path}:{place.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1}";

    /// <inheritdoc/>
    public override string ToString() => Path;
}

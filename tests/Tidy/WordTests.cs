using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Provision.Tidy;

/// <summary>What is not written, in code or anywhere.</summary>
public sealed partial class WordTests
{
    // Everything may be caught where the program must live on with what nobody foresaw; nowhere else.
    private static readonly Dictionary<string, string> CatchAll = new()
    {
        ["src/Provisioning/Saga/SagaRunner.cs"] = "the workload boundary: a bug of one kind parks its workload, the others go on",
        ["src/Machine.Linux/Doctor/Checkup.cs"] = "the boundary of a check: a bug of one is what it found, the others report",
        ["src/Agent/Program.cs"] = "the outermost loop of provisiond: what ends it is said before it ends",
        ["src/Explorer/Program.cs"] = "the outermost loop of the explorer: a request that hit a bug is answered, the others go on",
    };

    // In pieces, so that these rules do not find themselves.
    private static readonly string[] Promises = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X"];

    // Tools and places of those who write, which no reader has: hosts of packages, folders of one machine, names of assistants.
    private static readonly string[] Foreign =
    [
        "/wo" + "rk/", "/tmp/w" + "t", "/ro" + "ot/", "/home" + "/",
        "nuget" + ".org", "pypi" + ".org", "npmjs" + ".", "debian" + ".org", "proxy.golang" + ".org", "arti" + "factory",
        "clau" + "de", "anthro" + "pic", "chat" + "gpt", "co" + "pilot", "sub" + "agent", "work" + "tree", "large language" + " model",
    ];

    private static IEnumerable<SourceFile> Written => Repository.Files.Where(file => file.IsText && !file.IsGenerated);

    [Fact]
    public void Nothing_is_promised_for_later() => Rule.Holds(
        Find(Written, new Regex($@"\b({string.Join('|', Promises)})\b")),
        "Do it now, or write down in docs/limits.md what does not work:");

    [Fact]
    public void Nothing_names_the_tools_and_places_of_those_who_wrote_it() => Rule.Holds(
        Find(Written, new Regex(string.Join('|', Foreign.Select(Regex.Escape)), RegexOptions.IgnoreCase)),
        "Write it so that it holds on any machine and for any reader; take these names out:");

    [Fact]
    public void Nobody_sleeps() => Rule.Holds(
        Find(Repository.Code, new Regex(@"\bThread\s*\.\s*" + @"Sleep\s*\(")),
        "Await the condition, or Task.Delay with a TimeProvider:");

    [Fact]
    public void Nothing_is_left_to_be_written() => Rule.Holds(
        Repository.Code.SelectMany(file => file.Nodes<IdentifierNameSyntax>()
            .Where(name => name.Identifier.Text == nameof(NotImplementedException) && name.Parent is not InvocationExpressionSyntax)
            .Where(name => name.FirstAncestorOrSelf<ObjectCreationExpressionSyntax>() is not null)
            .Select(name => file.At(name))),
        "Write it, or leave out what cannot be done yet:");

    [Fact]
    public void Only_the_outermost_catch_everything() => Rule.Holds(
        Repository.Production.Where(file => !CatchAll.ContainsKey(file.Path)).SelectMany(file => file.Nodes<CatchClauseSyntax>()
            .Where(clause => clause.Filter is null && clause.Declaration?.Type.ToString() is null or "Exception" or "System.Exception")
            .Select(clause => file.At(clause))),
        "Catch what you expect, or let it fly: WordTests.cs lists the few places that may catch everything, each with its reason:");

    [Fact]
    public void A_warning_is_turned_off_with_a_reason() => Rule.Holds(
        Repository.Code.SelectMany(file => file.Lines
            .Where(line => PragmaWithoutReason().IsMatch(line.Line))
            .Select(line => $"{file}:{line.Number} {line.Line.Trim()}")),
        "Mend the code, or write the reason behind it: #pragma warning disable CA1234 // why:");

    [Fact]
    public void A_suppression_has_its_reason() => Rule.Holds(
        Repository.Code.SelectMany(file => file.Nodes<AttributeSyntax>()
            .Where(attribute => attribute.Name.ToString().EndsWith("SuppressMessage", StringComparison.Ordinal))
            .Where(attribute => !attribute.ToString().Contains("Justification =", StringComparison.Ordinal))
            .Select(attribute => file.At(attribute))),
        "Mend the code, or give the Justification:");

    [Fact]
    public void A_test_is_skipped_with_a_reason() => Rule.Holds(
        Repository.Code.SelectMany(file => file.Nodes<AttributeArgumentSyntax>()
            .Where(argument => argument.NameEquals?.Name.ToString() == "Skip" && !IsReason(argument.Expression))
            .Select(argument => file.At(argument))),
        "Say in Skip what is missing, in words, so that the reader knows what would run it:");

    private static bool IsReason(ExpressionSyntax expression) =>
        expression is not LiteralExpressionSyntax literal || literal.Token.ValueText.Split(' ').Length >= 3;

    private static IEnumerable<string> Find(IEnumerable<SourceFile> files, Regex pattern) => files.SelectMany(file => file.Lines
        .Where(line => pattern.IsMatch(line.Line))
        .Select(line => $"{file}:{line.Number} {line.Line.Trim()}"));

    [GeneratedRegex(@"#pragma\s+warning\s+disable(?!.*//\s*\w{3})")]
    private static partial Regex PragmaWithoutReason();
}

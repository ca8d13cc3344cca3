using System.Text.RegularExpressions;
using Xunit;

namespace Provision.Tidy;

/// <summary>What the docs point at is there.</summary>
public sealed partial class DocTests
{
    private static readonly string[] Parts = ["**Context.**", "**Choice.**", "**Price.**"];
    private static readonly string[] Folders = ["src/", "tests/", "eng/", "docs/", "bench/", ".ci/"];

    private static IEnumerable<SourceFile> Docs => Repository.Files.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Links_lead_somewhere() => Rule.Holds(
        Find(Prose, Link(), (doc, link) => !link.Contains(':', StringComparison.Ordinal) && !Leads(doc, link)),
        "Mend these links; they are relative to their document, and an anchor is a heading in lower case with dashes:");

    [Fact]
    public void Paths_in_the_text_exist() => Rule.Holds(
        Find(Prose, Code(), (doc, path) => IsPath(path) && !Repository.Exists(path.Split(':')[0]) && !Leads(doc, path)),
        "These are not there; name what is, or write <Placeholder> where the reader fills in:");

    [Fact]
    public void Commands_to_copy_exist() => Rule.Holds(
        Find(Fenced, Command(), (_, command) => !Repository.Exists(command)),
        "A reader who copies these gets 'No such file':");

    [Fact]
    public void Decisions_are_numbered_and_short()
    {
        var decisions = Docs.Where(doc => doc.Path.StartsWith("docs/decisions/", StringComparison.Ordinal)).ToList();
        Rule.Holds(
            decisions.Where(doc => !Decision().IsMatch(doc.Path)).Select(doc => doc.Path),
            "Name a decision NNNN-what-was-decided.md:");
        Rule.Holds(
            decisions.GroupBy(doc => Path.GetFileName(doc.Path)[..4])
                .Where(same => same.Count() > 1)
                .Select(same => string.Join(", ", same)),
            "Give each decision a number of its own:");
        Rule.Holds(
            decisions.Where(doc => doc.Lines.Count() > 25 || Parts.Any(part => !doc.Text.Contains(part, StringComparison.Ordinal)))
                .Select(doc => doc.Path),
            "A decision is about ten lines: **Context.** **Choice.** **Price.**:");
    }

    private static IEnumerable<string> Find(
        Func<SourceFile, IEnumerable<(int Number, string Line)>> read,
        Regex pattern,
        Func<SourceFile, string, bool> isWrong) =>
        Docs.SelectMany(doc => read(doc).SelectMany(line => pattern.Matches(line.Line)
            .Select(match => match.Groups[1].Value)
            .Where(found => isWrong(doc, found))
            .Select(found => $"{doc}:{line.Number} {found}")));

    private static bool IsPath(string text) =>
        Folders.Any(folder => text.StartsWith(folder, StringComparison.Ordinal)) && !Wildcard().IsMatch(text);

    private static bool Leads(SourceFile doc, string link)
    {
        var parts = link.Split('#', 2);
        var folder = Path.Combine(Repository.Root, Path.GetDirectoryName(doc.Path)!);
        var path = parts[0].Length == 0 ? doc.Path : Path.GetRelativePath(Repository.Root, Path.Combine(folder, parts[0]));
        return Repository.Exists(path)
            && (parts.Length == 1 || Repository.Find(path) is not { } target || Anchors(target).Contains(parts[1]));
    }

    private static IEnumerable<string> Anchors(SourceFile doc) => Prose(doc)
        .Where(line => line.Line.StartsWith('#'))
        .Select(line => NotInAnchor().Replace(line.Line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static IEnumerable<(int Number, string Line)> Prose(SourceFile doc) =>
        Split(doc).Where(line => !line.Fenced).Select(line => (line.Number, line.Line));

    private static IEnumerable<(int Number, string Line)> Fenced(SourceFile doc) =>
        Split(doc).Where(line => line.Fenced).Select(line => (line.Number, line.Line));

    private static IEnumerable<(int Number, string Line, bool Fenced)> Split(SourceFile doc)
    {
        var fenced = false;
        foreach (var (number, line) in doc.Lines)
        {
            var fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (!fence)
            {
                yield return (number, line, fenced);
            }

            fenced ^= fence;
        }
    }

    [GeneratedRegex(@"\]\(([^)\s]+)(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"[*<>{}…\s$]|\.\.\.|NNNN")]
    private static partial Regex Wildcard();

    [GeneratedRegex(@"(?:^|[\s;&|(])\./([A-Za-z0-9._/-]+)")]
    private static partial Regex Command();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex("^docs/decisions/[0-9]{4}-[a-z0-9-]+[.]md$")]
    private static partial Regex Decision();
}

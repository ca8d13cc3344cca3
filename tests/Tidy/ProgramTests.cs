using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Provision.Tidy;

/// <summary>Whatever we start, eng/install brings: lines of "package: program program …".</summary>
public sealed partial class ProgramTests
{
    private const string InstallPath = "eng/install";
    private const string ProgramsPath = "src/Machine.Linux/Processes/Programs.cs";
    private const string Remedy = $"Add the Debian package of these programs to {InstallPath}, as 'package: program':";

    // The shell's own words, coreutils, the few packages that Debian calls essential, what a developer has before anything of ours, ours.
    private static readonly HashSet<string> Everywhere =
    [
        .. """
        . : [ alias break builtin case cd command continue declare do done echo elif else esac eval exec exit export fi for function getopts
        hash if in jobs kill let local mapfile popd printf pushd pwd read readarray readonly return select set shift shopt source test then
        disown trap type typeset ulimit umask unset until wait while { }
        awk basename cat chgrp chmod chown cmp comm cp cut date dd df diff dirname du env expr false find flock grep gzip head hostname id
        install ln ls losetup mkdir mkfifo mktemp mount mv nice nohup nproc od paste pgrep ps readlink realpath rm rmdir sed seq setsid
        sha256sum shuf sleep sort split stat stty sync tac tail tar tee timeout touch tr true truncate tty umount uname uniq unshare wc
        which xargs apt-get dpkg dpkg-query
        bash dotnet git sh sudo
        provision provisiond provision-explorer
        """.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries),
    ];

    private static readonly HashSet<string> Installed =
        [.. Repository.Find(InstallPath)?.Lines.SelectMany(line => PackageLine().Match(line.Line).Groups[1].Value.Split(' ')) ?? []];

    // Those that are started and those that are read by others (.sh).
    private static IEnumerable<SourceFile> Scripts => Repository.Files.Where(file =>
        Shebang().IsMatch(file.Text) || file.Path.EndsWith(".sh", StringComparison.Ordinal));

    [Fact]
    public void Programs_of_the_machine_are_installed()
    {
        if (Repository.Find(InstallPath) is null || Repository.Find(ProgramsPath) is not { } programs)
        {
            return;
        }

        Rule.Holds(
            programs.Nodes<LiteralExpressionSyntax>()
                .Where(literal => literal.IsKind(SyntaxKind.StringLiteralExpression) && literal.Parent is EqualsValueClauseSyntax)
                .Select(literal => Path.GetFileName(literal.Token.ValueText))
                .Where(IsMissing),
            Remedy);
    }

    [Fact]
    public void Programs_are_named_in_one_place() => Rule.Holds(
        Repository.Production.Where(file => file.Path != ProgramsPath).SelectMany(file => file.Nodes<ObjectCreationExpressionSyntax>()
            .Where(creation => creation.Type.ToString() == nameof(System.Diagnostics.ProcessStartInfo))
            .Where(creation => creation.ArgumentList?.Arguments.FirstOrDefault()?.Expression is LiteralExpressionSyntax)
            .Select(creation => file.At(creation))),
        $"Make a constant of the program's name in {ProgramsPath}:");

    [Fact]
    public void Programs_of_scripts_are_installed()
    {
        if (Repository.Find(InstallPath) is null)
        {
            return;
        }

        var scripts = Scripts.Select(script => (File: script, Read: ShellReader.Read(script.Text))).ToList();
        var functions = scripts.SelectMany(script => script.Read.Functions).ToHashSet();
        Rule.Holds(
            scripts.SelectMany(script => script.Read.Commands
                .Where(command => IsMissing(command.Name) && !functions.Contains(command.Name))
                .Select(command => $"{script.File}:{command.Line} {command.Name}")),
            Remedy);
    }

    private static bool IsMissing(string program) => !Installed.Contains(program) && !Everywhere.Contains(program);

    [GeneratedRegex("^#!.*sh\n")]
    private static partial Regex Shebang();

    // In a comment or in a text that the script reads, as its author likes.
    [GeneratedRegex(@"^[\s#""']*[a-z0-9][a-z0-9.+-]*:\s+([A-Za-z0-9 ._+-]+?)[""'\s]*$")]
    private static partial Regex PackageLine();
}

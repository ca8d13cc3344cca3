using Xunit;

namespace Provision.Workloads.Container.Tests;

public sealed class ShellWordsTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("  \t\n ", new string[0])]
    [InlineData("sleep 1000", new[] { "sleep", "1000" })]
    [InlineData("  a\tb\nc  ", new[] { "a", "b", "c" })]
    [InlineData("sh -c 'echo \"hi\" $HOME'", new[] { "sh", "-c", "echo \"hi\" $HOME" })]
    [InlineData("a\"b c\"'d e'f", new[] { "ab cd ef" })]
    [InlineData("''", new[] { "" })]
    [InlineData("\"\" a", new[] { "", "a" })]
    [InlineData("a\\ b", new[] { "a b" })]
    [InlineData("'a\\'", new[] { "a\\" })]
    [InlineData("\"a\\\"b\\\\c\\$d\\`e\\n\"", new[] { "a\"b\\c$d`e\\n" })]
    [InlineData("a\\\nb", new[] { "ab" })]
    [InlineData("\"a\\\nb\"", new[] { "ab" })]
    [InlineData("$(reboot) `x` ; | & > *", new[] { "$(reboot)", "`x`", ";", "|", "&", ">", "*" })]
    public void Words_are_those_of_a_shell_that_expands_nothing(string line, string[] words) =>
        Assert.Equal(words, ShellWords.Split(line));

    [Theory]
    [InlineData("'")]
    [InlineData("\"a")]
    [InlineData("a 'b")]
    [InlineData("a\\")]
    [InlineData("\"a\\\"")]
    public void What_is_left_open_is_no_line(string line) => Assert.Null(ShellWords.Split(line));
}

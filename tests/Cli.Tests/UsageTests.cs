using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Cli.Tests;

public sealed class UsageTests
{
    [Fact]
    public async Task A_noun_without_verb_says_which_there_are()
    {
        var run = await CommandRun.OfAsync("reservation");
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        Assert.EndsWith(
            "remedy: Choose create, list, show, wait, cancel, extend. Run 'provision reservation --help'.\n",
            run.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_flag_is_a_fault_of_usage_for_machines_too()
    {
        var run = await CommandRun.OfAsync("node", "list", "--colour", "--json");
        Assert.Equal(2, run.Code);
        Assert.Contains("--colour", StrictJson.Read(JsonElement.Parse(run.Error), "fault", FaultJson.Read).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_parser_says_is_one_line()
    {
        var run = await CommandRun.OfAsync("completion", "tcsh");
        Assert.Contains("Must be one of: 'bash' 'zsh' 'fish'", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\ufffd', run.Error);
    }

    [Theory]
    [InlineData("--explorer", "ftp://x", "is not an explorer's address")]
    [InlineData("--explorer", "127.0.0.1:80", "is not an explorer's address")]
    public async Task An_address_that_is_none_is_refused(string option, string value, string expected)
    {
        var run = await CommandRun.OfAsync("node", "list", option, value);
        Assert.Equal(ExitCodes.Of(FaultCode.Invalid), run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _provision provision")]
    [InlineData("zsh", "#compdef provision")]
    [InlineData("fish", "complete -c provision")]
    public async Task Each_shell_gets_its_script(string shell, string line)
    {
        var run = await CommandRun.OfAsync("completion", shell);
        Assert.Equal(0, run.Code);
        Assert.Contains(line, run.Output, StringComparison.Ordinal);
        Assert.Contains($"{Environment.ProcessPath}' \"[suggest:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_suggests_what_can_come_next()
    {
        var verbs = await CommandRun.OfAsync("[suggest:23]", "provision reservation c");
        Assert.Equal(["cancel", "create"], verbs.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var types = await CommandRun.OfAsync("[suggest:43]", "provision reservation create volume --type ");
        Assert.Equal(["HDD", "SSD"], types.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(2));
    }
}

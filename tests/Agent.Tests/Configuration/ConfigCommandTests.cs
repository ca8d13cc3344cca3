using System.Text.Json;
using Provision.Grid;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Agent.Tests.Configuration;

/// <summary>The program itself, as a farmer types it.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Check_says_what_would_be_used_or_all_that_is_wrong()
    {
        var good = await RunAsync("config", "check", "--config", folder.Write("good.toml", $"{Reading.Required}grace = 3\n"));
        Assert.Equal((0, ""), (good.ExitCode, good.Error));
        Assert.Matches($"\ngrace +3 hours +{folder.Path}/good.toml:3\n", good.Output);

        var bad = await RunAsync("config", "check", "--config", folder.Write("bad.toml", "grace = -3\nfish = 1\n"));
        Assert.Equal((2, ""), (bad.ExitCode, bad.Output));
        Assert.StartsWith("error: The configuration is not valid\n", bad.Error, StringComparison.Ordinal);
        Assert.Equal(4, bad.Error.Split('\n').Count(line => line.StartsWith("  ", StringComparison.Ordinal)));

        var machine = await RunAsync("config", "check", "--json", "--config", folder.File("bad.toml"));
        Assert.Equal(4, StrictJson.Read(JsonElement.Parse(machine.Error), "fault", FaultJson.Read).Problems.Count);
    }

    [Fact]
    public async Task Show_prints_every_value_and_its_place_also_when_one_is_wrong()
    {
        var file = folder.Write("node.toml", $"{Reading.Required}grace = -3\nresolver = [\"9.9.9.9\"]\n");
        var run = await RunWithAsync(
            new() { ["PROVISIOND_CONFIG"] = file, ["PROVISIOND_IMAGE_KEEP"] = "0.5" }, "config", "show", "--json", "--zero-os");

        Assert.Equal(2, run.ExitCode);
        var shown = JsonElement.Parse(run.Output);
        Assert.Equal(file, shown.GetProperty("file").GetString());
        var keys = shown.GetProperty("keys").EnumerateArray()
            .ToDictionary(key => key.GetProperty("key").GetString()!, key => key.GetRawText());
        Assert.Equal("""{"key":"grace","value":null,"unit":"hours","origin":"file","source":"FILE:3"}""", Plainly("grace"));
        Assert.Equal("""{"key":"resolver","value":["9.9.9.9"],"origin":"file","source":"FILE:4"}""", Plainly("resolver"));
        Assert.Equal(
            """{"key":"image-keep","value":0.5,"unit":"hours","origin":"environment","source":"PROVISIOND_IMAGE_KEEP"}""",
            Plainly("image-keep"));
        Assert.Equal("""{"key":"zero-os","value":true,"origin":"flag","source":"--zero-os"}""", Plainly("zero-os"));
        Assert.Equal("""{"key":"pool-size","value":4,"unit":"GiB","origin":"default","source":"default"}""", Plainly("pool-size"));

        string Plainly(string key) => keys[key].Replace(file, "FILE", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_is_checked_as_soon_as_what_is_required_is_filled_in()
    {
        var template = (await RunAsync("config", "template")).Output;
        var path = folder.Write("node.toml", template);
        var empty = await RunAsync("config", "check", "--config", path);
        Assert.Equal(2, empty.ExitCode);
        Assert.Contains("explorer is not given", empty.Error, StringComparison.Ordinal);

        folder.Write("node.toml", Reading.Required + template);
        Assert.Equal(0, (await RunAsync("config", "check", "--config", path)).ExitCode);
    }

    [Fact]
    public async Task Run_refuses_what_check_refuses()
    {
        var run = await RunWithAsync(new() { ["PROVISIOND_POOLSIZE"] = "4" }, "run", "--simulated", "--config", folder.File("none"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            "PROVISIOND_POOLSIZE is no variable of provisiond (did you mean PROVISIOND_POOL_SIZE?)", run.Error, StringComparison.Ordinal);
        Assert.Contains("none is not there", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("config", "check")]
    [InlineData("config", "show")]
    public async Task Unknown_flags_stand_among_all_that_is_wrong(params string[] verb)
    {
        var file = folder.Write("bad.toml", $"{Reading.Required}fish = 1\n");
        var run = await RunAsync([.. verb, "--config", file, "--pool-sise", "4", "--fisch=3", "more", "--grace", "-1"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            [
                "  --pool-sise is no flag of provisiond (did you mean --pool-size?)",
                "  --fisch is no flag of provisiond (see the flags with 'provisiond run --help')",
                "  more is no flag of provisiond (see the flags with 'provisiond run --help')",
                $"  {file}:3 fish is no key of provisiond (see the keys with 'provisiond config template')",
                "  --grace is \"-1\" (give 0 to 8760 hours)",
            ],
            run.Error.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Other_verbs_look_for_the_daemon_where_run_would_put_it()
    {
        var file = folder.Write("node.toml", "data = \"here\"\n");
        var byFile = await RunAsync("status", "--config", file);
        Assert.Contains($"No daemon answers at {folder.Path}/here/provisiond.sock", byFile.Error, StringComparison.Ordinal);
        var byVariable = await RunWithAsync(
            new() { ["PROVISIOND_CONFIG"] = file, ["PROVISIOND_DATA"] = "/nowhere" }, "inventory");
        Assert.Contains("No daemon answers at /nowhere/provisiond.sock", byVariable.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shell_can_ask_for_what_comes_next()
    {
        var verbs = await RunAsync("[suggest:18]", "provisiond config ");
        Assert.Contains("template", verbs.Output, StringComparison.Ordinal);
        var types = await RunAsync("[suggest:27]", "provisiond run --pool-type ");
        Assert.Equal(["HDD", "SSD"], types.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(2));
        var script = await RunAsync("completion", "bash");
        Assert.Contains("complete -o default -F _provisiond provisiond", script.Output, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static Task<CommandRun> RunAsync(params IReadOnlyList<string> arguments) => RunWithAsync([], arguments);

    private static Task<CommandRun> RunWithAsync(Dictionary<string, string> environment, params IReadOnlyList<string> arguments) =>
        CommandRun.RunAsync(Programs.Provisiond, arguments, environment);
}

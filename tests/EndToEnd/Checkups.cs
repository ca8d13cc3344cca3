using System.Text.Json;
using Provision.Grid;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>What <c>provisiond doctor</c> says.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Checks">What it found, by check.</param>
internal sealed record Checkups(int ExitCode, IReadOnlyDictionary<string, JsonElement> Checks)
{
    /// <summary>Runs it.</summary>
    /// <param name="arguments">Its arguments, and before them perhaps what it is run by.</param>
    public static async Task<Checkups> RunAsync(params IReadOnlyList<string> arguments)
    {
        var run = await CommandRun.RunAsync(arguments[0], [.. arguments.Skip(1), "--json"]);
        Assert.True(run.Error.Length == 0, run.ToString());
        var checks = JsonElement.Parse(run.Output).GetProperty("checks").EnumerateArray();
        return new Checkups(run.ExitCode, checks.ToDictionary(check => check.GetProperty("name").GetString()!));
    }

    /// <summary>Of a grid's node.</summary>
    public static Task<Checkups> RunAsync(TestGrid grid) => RunAsync(
        Programs.Provisiond, "doctor", "--data", grid.In("node"), "--explorer", grid.Address.ToString());

    /// <summary>How a check came out.</summary>
    public string ResultOf(string check) => Text(check, "result");

    /// <summary>A field of a check.</summary>
    public string Text(string check, string field) => Checks[check].GetProperty(field).GetString() ?? "";

    /// <summary>Asserts how a check came out; one that is not well says what it means and what to do.</summary>
    public void Has(string check, string result, string found)
    {
        Assert.True(ResultOf(check) == result, Checks[check].GetRawText());
        Assert.Contains(found, Text(check, "found"), StringComparison.Ordinal);
        Assert.NotEqual("", Text(check, "meaning"));
        Assert.Equal(result == "ok", Text(check, "remedy").Length == 0);
    }
}

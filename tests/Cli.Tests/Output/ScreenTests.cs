using System.Text.Json;
using Provision.Cli.Output;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Cli.Tests.Output;

public sealed class ScreenTests : IDisposable
{
    private static readonly Fault Fault = new(
        FaultCode.OutOfCapacity,
        "No\u001b[2J room",
        "Order less.",
        Provision.Reservations.Faults.Fault.Invalid("The pool is small", [new Problem("/a", "is 1", "give 2")]))
    {
        Problems = new Problems([new Problem("/reservation/data/size", "is 9", "ask for 1"), new Problem("", "is long", "cut it")]),
    };

    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public void A_fault_for_people_has_its_problems_its_causes_and_what_to_do()
    {
        new Screen(output, error, json: false).ShowFault(Fault);
        Assert.Equal(
            """
            error: No�[2J room
              /reservation/data/size is 9 (ask for 1)
              document is long (cut it)
            cause: The pool is small
              /a is 1 (give 2)
            remedy: Order less.

            """,
            error.ToString());
        Assert.Empty(output.ToString());
    }

    [Fact]
    public void A_fault_for_machines_is_one_line_that_reads_back_as_the_fault()
    {
        new Screen(output, error, json: true).ShowFault(Fault);
        var line = Assert.Single(error.ToString().TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain('\u001b', line);
        Assert.Equal(Fault, StrictJson.Read(JsonElement.Parse(line), "fault", FaultJson.Read));
        Assert.Empty(output.ToString());
    }

    [Fact]
    public void Notes_on_progress_do_not_disturb_machines()
    {
        new Screen(output, error, json: true).Note("waiting");
        Assert.Empty(error.ToString());
        new Screen(output, error, json: false).Note("waiting");
        Assert.Equal("waiting\n", error.ToString());
        Assert.Empty(output.ToString());
    }

    [Fact]
    public void A_table_shows_strangers_words_as_words()
    {
        var key = new string('k', 300);
        new Screen(output, error, json: false).Table(["A", "B"], [["[red]x[/]", "\u001b]0;title\u0007"], ["[", key]]);
        var lines = output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("[red]x[/]  �]0;title�", lines[1], StringComparison.Ordinal);
        Assert.Contains(key, lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Escaped_json_says_the_same_without_control_characters()
    {
        const string Json = "{\"a\":\"\u007f\u009b31m \u202e 😀 é\"}";
        var escaped = Screen.Escape(Json);
        Assert.Equal(Plain.Of(escaped), escaped);
        Assert.Contains("😀 é", escaped, StringComparison.Ordinal);
        Assert.Equal(JsonElement.Parse(Json).GetProperty("a").GetString(), JsonElement.Parse(escaped).GetProperty("a").GetString());
    }
}

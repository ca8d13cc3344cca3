using System.Text.RegularExpressions;
using Provision.Agent.Configuration;
using Provision.Agent.Hosting;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Agent.Tests.Configuration;

public sealed partial class TableTests
{
    public static TheoryData<string> Names => new(ConfigurationTable.All.Select(key => key.Name));

    public static TheoryData<string> Defaults => new(ConfigurationTable.All.Where(key => key.Default is not null).Select(key => key.Name));

    [Fact]
    public void Names_are_words_with_dashes_and_each_is_there_once()
    {
        Assert.All(Names, name => Assert.Matches(Name(), name));
        Assert.Distinct(ConfigurationTable.All.Select(key => key.Name));
        Assert.DoesNotContain("config", ConfigurationTable.All.Select(key => key.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Default_and_example_of_a_key_are_values_of_it(string name)
    {
        var key = ConfigurationTable.Find(name)!;
        var problems = new List<Problem>();
        foreach (var text in new[] { key.Default, key.Example }.OfType<string>())
        {
            Assert.NotNull(key.Apply(new AgentOptions(), new Given(key, [text], Origin.Default, "default"), problems));
        }

        Assert.Empty(problems);
        Assert.True(key.Default is null || !(key.Required || key.Repeats), "It has no default.");
        Assert.EndsWith(".", key.Meaning, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Defaults))]
    public void The_default_of_a_key_can_be_given_back_by_a_stronger_place(string name)
    {
        var key = ConfigurationTable.Find(name)!;
        var weak = Reading.OfText($"{Reading.Required}{name} = {TomlText.Of(key, key.Example)}\n");
        var strong = Reading.OfText(
            $"{Reading.Required}{name} = {TomlText.Of(key, key.Example)}\n", null, key.Flag, key.Default!);
        Assert.Equal("", Reading.ProblemsOf(weak) + Reading.ProblemsOf(strong));
        Assert.Equal(key.Default == key.Example, weak.Options == Reading.OfText(Reading.Required).Options);
        Assert.Equal(Reading.OfText(Reading.Required).Options, strong.Options);
    }

    [Theory]
    [MemberData(nameof(Defaults))]
    public void The_default_of_a_key_is_what_options_begin_with(string name)
    {
        var key = ConfigurationTable.Find(name)!;
        Assert.Equal(new AgentOptions(), key.Apply(new AgentOptions(), new Given(key, [key.Default!], Origin.Default, "default"), []));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_default_of_a_key_is_what_the_options_begin_with(string name)
    {
        var key = ConfigurationTable.Find(name)!;
        IReadOnlyList<string> texts = key.Default is { } text ? [text] : [];
        Assert.True(
            texts.Count == 0 || key.Apply(new AgentOptions(), new Given(key, texts, Origin.Default, "default"), []) == new AgentOptions(),
            $"{key.Name} is {key.Default} in the table, and something else in AgentOptions or below it.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_template_is_valid_with_any_key_taken_out_of_its_comment(string name)
    {
        var key = ConfigurationTable.Find(name)!;
        var line = ConfigurationTemplate.CommentedValue(key);
        var template = Filled(ConfigurationTemplate.Write());
        Assert.Contains($"\n{line}\n", ConfigurationTemplate.Write(), StringComparison.Ordinal);

        var text = key.Required ? template : template.Replace($"\n{line}\n", $"\n{line[1..]}\n", StringComparison.Ordinal);
        var configuration = Reading.OfText(text);

        Assert.Equal("", Reading.ProblemsOf(configuration));
        Assert.Equal(Origin.File, Reading.ValueOf(configuration, name).Origin);
    }

    [Fact]
    public void A_template_whose_required_keys_are_filled_in_changes_nothing_else()
    {
        var configuration = Reading.OfText(Filled(ConfigurationTemplate.Write()));
        Assert.Equal("", Reading.ProblemsOf(configuration));
        Assert.All(configuration.Values, value => Assert.Equal(value.Key.Required, value.Origin == Origin.File));
    }

    [Fact]
    public void The_page_has_a_row_for_every_key_and_no_other()
    {
        using var reader = new StreamReader(typeof(TableTests).Assembly.GetManifestResourceStream("configuration.md")!);
        var rows = reader.ReadToEnd().Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
        var table = ConfigurationTable.All.Select(RowOf).ToList();
        Assert.True(rows.SequenceEqual(table), $"The rows of docs/configuration.md have to be:\n{string.Join('\n', table)}");
    }

    private static string RowOf(ConfigurationKey key) =>
        $"| `{key.Name}` | {key.Type} | {key.DefaultText} | {key.Unit ?? ""} | {key.Meaning} | `{TomlText.Of(key, key.Example)}` |"
            .Replace("|  |", "| |", StringComparison.Ordinal);

    private static string Filled(string template) => ConfigurationTable.All.Where(key => key.Required).Aggregate(
        template,
        (text, key) => text.Replace($"\n#{key.Name} = ", $"\n{key.Name} = ", StringComparison.Ordinal));

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex Name();
}

using System.Globalization;
using System.Net;
using Provision.Agent.Configuration;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Agent.Tests.Configuration;

public sealed class PrecedenceTests
{
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["PROVISIOND_GRACE"] = "2",
        ["PROVISIOND_DEVICE"] = "/dev/b,/dev/c",
    };

    [Theory]
    [InlineData(false, false, false, "24", Origin.Default)]
    [InlineData(true, false, false, "1", Origin.File)]
    [InlineData(true, true, false, "2", Origin.Environment)]
    [InlineData(true, true, true, "3", Origin.Flag)]
    [InlineData(true, false, true, "3", Origin.Flag)]
    [InlineData(false, true, false, "2", Origin.Environment)]
    public void A_flag_wins_over_a_variable_and_that_over_the_file(bool file, bool variable, bool flag, string text, object origin)
    {
        var configuration = Reading.OfText(
            Reading.Required + (file ? "grace = 1\n" : ""), variable ? Environment : null, flag ? ["--grace", "3"] : []);
        Assert.Equal("", Reading.ProblemsOf(configuration));
        Assert.Equal((text, (Origin)origin), Reading.ValueOf(configuration, "grace"));
        Assert.Equal(text, configuration.Options.Engine.Grace.TotalHours.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_list_of_a_stronger_place_replaces_the_weaker_one_and_may_be_empty()
    {
        const string file = $"{Reading.Required}device = [\"/dev/a\"]\n";
        Assert.Equal(["/dev/b", "/dev/c"], Reading.OfText(file, Environment).Options.Devices);
        Assert.Equal(["/dev/d"], Reading.OfText(file, Environment, "--device", "/dev/d").Options.Devices);
        Assert.Empty(Reading.OfText(file, new Dictionary<string, string> { ["PROVISIOND_DEVICE"] = "" }).Options.Devices);
        Assert.Equal(["/dev/d", "/dev/e"], Reading.OfText(file, null, "--device", "/dev/d", "--device", "/dev/e").Options.Devices);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    public void A_list_that_chooses_may_not_be_empty(string variable)
    {
        const string nobody = "is an empty list, and without it all are chosen (take it out to choose all, or say cordon to choose none)";
        Assert.Equal($"node.toml:3 user {nobody}", Reading.ProblemsOf(Reading.OfText($"{Reading.Required}user = []\n")));
        var file = $"{Reading.Required}user = [\"{Reading.Farm}\"]\n";
        Assert.Equal(
            $"PROVISIOND_USER {nobody}",
            Reading.ProblemsOf(Reading.OfText(file, new Dictionary<string, string> { ["PROVISIOND_USER"] = variable })));
        Assert.Equal(
            $"PROVISIOND_OFFER_KIND {nobody}",
            Reading.ProblemsOf(Reading.OfText(file, new Dictionary<string, string> { ["PROVISIOND_OFFER_KIND"] = variable })));
    }

    [Fact]
    public void A_switch_can_be_taken_back()
    {
        Assert.True(Reading.OfText(Reading.Required, null, "--simulated").Options.Simulated);
        Assert.False(Reading.OfText($"{Reading.Required}simulated = true", null, "--simulated", "false").Options.Simulated);
    }

    [Fact]
    public void A_bad_value_is_a_problem_also_where_another_place_overrules_it() => Assert.Equal(
        "node.toml:3 grace is \"-1\" (give 0 to 8760 hours)",
        Reading.ProblemsOf(Reading.OfText($"{Reading.Required}grace = -1\n", null, "--grace", "3")));

    [Fact]
    public void Everything_that_can_be_said_arrives()
    {
        var options = Reading.OfText($"""
            {Reading.Required}
            data = "state"
            device = ["/dev/sdb", "/dev/sdc"]
            pool-type = "HDD"
            grace = 0.5
            image-keep = 2
            image-host = ["images.lan:5000", "[fd00::1]:80"]
            zero-os = true
            allow-lan = ["192.168.1.0/24"]
            resolver = ["9.9.9.9"]
            """).Require();

        Assert.Equal(new Uri("http://127.0.0.1:8420"), options.Explorer);
        Assert.Equal(Reading.Farm, options.Farm.ToString());
        Assert.Matches("^/.*/provision-agent-[^/]*/state$", options.Data.Path);
        Assert.Equal((DiskType.Hdd, ByteSize.GiB(4)), (options.PoolType, options.PoolSize));
        Assert.Equal(["/dev/sdb", "/dev/sdc"], options.Devices);
        Assert.Equal((TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), true),
            (options.Engine.Grace, options.Engine.ImageKeep, options.Engine.AcceptsVersion1));
        Assert.Equal(["images.lan:5000", "[fd00::1]:80"], options.ImageHosts);
        Assert.Equal([IPNetwork.Parse("192.168.1.0/24")], options.AllowedDestinations);
        Assert.Equal([IPAddress.Parse("9.9.9.9")], options.Resolvers!);
        Assert.Null(Reading.OfText($"{Reading.Required}resolver = []").Require().Resolvers);
    }

    [Fact]
    public void The_data_folder_is_found_in_the_same_places_and_the_rest_of_the_file_may_be_wrong()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("node.toml", "data = \"/of/file\"\ngrace = -1\nfish = 1\n");
        Assert.Equal("/var/lib/provisiond", FindIn("/dev/null"));
        Assert.Equal("/of/file", FindIn(file));
        Assert.Equal("/of/variable", FindIn(file, "/of/variable"));
        Assert.Equal("/of/flag", FindIn(file, "/of/variable", "--data", "/of/flag"));
        Assert.Equal("/of/flag", FindIn(folder.File("none"), null, "--data", "/of/flag"));
        var none = Assert.Throws<FaultException>(() => FindIn(folder.File("none")));
        Assert.Contains("is not there", none.Message, StringComparison.Ordinal);
        Assert.Throws<FaultException>(() => FindIn(folder.Write("broken.toml", "grace = = 3\n")));
        Assert.Throws<FaultException>(() => FindIn(folder.Write("wrong.toml", "data = 4\n")));
        Assert.Equal("/a", FindIn(folder.Write("half.toml", "data = \"/a\"\ngrace = = 3\n")));
    }

    private static string FindIn(string file, string? variable = null, params IReadOnlyList<string> flags) => NodeConfiguration.FindData(
        () => new ConfigurationFile(file, "--config"),
        variable is null ? new Dictionary<string, string>() : new() { ["PROVISIOND_DATA"] = variable },
        Reading.Flags(flags));
}

using System.Text;
using Provision.Agent.Configuration;
using Xunit;

namespace Provision.Agent.Tests.Configuration;

public sealed class BadFileTests
{
    [Theory]
    [InlineData("pool-sise = 4", "node.toml:3 pool-sise is no key of provisiond (did you mean pool-size?)")]
    [InlineData("pool_size = 4", "node.toml:3 pool_size is no key of provisiond (did you mean pool-size?)")]
    [InlineData("\"pool-size\" = 0", "node.toml:3 pool-size is \"0\" (give 1 to 1048576)")]
    [InlineData("fish = 4", "node.toml:3 fish is no key of provisiond (see the keys with 'provisiond config template')")]
    [InlineData("pool.size = 4", "node.toml:3 pool.size is no key of provisiond (did you mean pool-size?)")]
    [InlineData("grace = 1\ngrace = 1", "node.toml:4 grace is given in line 3, too (take one of them out)")]
    [InlineData("[node]\ngrace = 1", "node.toml:3 begins the table node (take it out: all keys stand side by side)")]
    [InlineData("pool-size = \"4\"", "node.toml:3 pool-size is a text (write: pool-size = 100)")]
    [InlineData("pool-size = 4.0", "node.toml:3 pool-size is a number (write: pool-size = 100)")]
    [InlineData("pool-size = [4]", "node.toml:3 pool-size is a list, and can have one value only (write: pool-size = 100)")]
    [InlineData("pool-size = {a = 4}", "node.toml:3 pool-size is a table (write: pool-size = 100)")]
    [InlineData("zero-os = \"yes\"", "node.toml:3 zero-os is a text (write: zero-os = true)")]
    [InlineData("zero-os = 1", "node.toml:3 zero-os is a number (write: zero-os = true)")]
    [InlineData("data = true", "node.toml:3 data is true or false (write: data = \"/var/lib/provisiond\")")]
    [InlineData("data = \"\"", "node.toml:3 data is \"\" (give the path of a folder, which in full has 90 bytes at the most)")]
    [InlineData("grace = 2026-01-01", "node.toml:3 grace is a date (write: grace = 72)")]
    [InlineData("device = \"/dev/sdb\"", "node.toml:3 device is a text where a list belongs (write: device = [\"/dev/sdb\"])")]
    [InlineData("device = [4]", "node.toml:3 device is a list that holds other things (write: device = [\"/dev/sdb\"])")]
    [InlineData("device = [\"sdb\"]", "node.toml:3 device is \"sdb\" (give a full path such as /dev/sdb)")]
    [InlineData(
        "device = [\"/dev/b\", \"/dev/b\"]", "node.toml:3 device lists \"/dev/b\" twice (take one of them out)")]
    [InlineData("pool-size = 1048577", "node.toml:3 pool-size is \"1048577\" (give 1 to 1048576)")]
    [InlineData("grace = -1", "node.toml:3 grace is \"-1\" (give 0 to 8760 hours)")]
    [InlineData("grace = nan", "node.toml:3 grace is \"NaN\" (give 0 to 8760 hours)")]
    [InlineData("image-keep = 8760.5", "node.toml:3 image-keep is \"8760.5\" (give 0 to 8760 hours)")]
    [InlineData("pool-type = \"ssd\"", "node.toml:3 pool-type is \"ssd\" (give SSD or HDD)")]
    [InlineData(
        "image-host = [\"192.168.1.9\"]",
        "node.toml:3 image-host is \"192.168.1.9\" (give a name or an address with its port, such as 192.168.1.9:5000)")]
    [InlineData("allow-lan = [\"10.0.0.1/8\"]", "node.toml:3 allow-lan is \"10.0.0.1/8\" (give IPv4 networks such as 192.168.1.0/24)")]
    [InlineData("resolver = [\"::1\"]", "node.toml:3 resolver is \"::1\" (give IPv4 addresses such as 9.9.9.9)")]
    [InlineData("grace 4", "node.toml:3 is not TOML: Expecting `=` after a key instead of 4 (write lines such as: pool-size = 4)")]
    [InlineData("grace = \"4", "node.toml:3 is not TOML: Invalid End-Of-File found on string literal (write lines such as: pool-size = 4)")]
    [InlineData(
        "device = [\"/dev/sdb\"]\npool-size = 4",
        "node.toml:4 pool-size does not go with device of node.toml:3: a pool lies on a file of that size or on devices "
        + "(take one of them out)")]
    [InlineData(
        "device = [\"/dev/sdb\"]\nsimulated = true",
        "node.toml:4 simulated does not go with device of node.toml:3: a machine in memory has no devices (take one of them out)")]
    public void What_is_wrong_with_a_file_is_said_with_its_line_and_what_to_do(string lines, string problem) =>
        Assert.Equal(problem, Reading.ProblemsOf(Reading.OfText(Reading.Required + lines)));

    [Fact]
    public void All_that_is_wrong_in_all_places_is_in_one_answer()
    {
        var configuration = Reading.OfText(
            "explorer = \"ftp://a\"\npool-size = 0\ngrace = = 3\nfish = 1\n",
            new Dictionary<string, string> { ["PROVISIOND_GRAZE"] = "1", ["PROVISIOND_ZERO_OS"] = "yes", ["PATH"] = "/bin" },
            "--pool-size", "many", "--farm", "me");

        Assert.Equal(
            [
                "--farm", "--pool-size", "PROVISIOND_GRAZE", "PROVISIOND_ZERO_OS",
                "node.toml:1 explorer", "node.toml:2 pool-size", "node.toml:3", "node.toml:4 fish",
            ],
            configuration.Problems.Select(problem => problem.Pointer.Split('/')[^1]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_required_and_not_given_is_said_only_when_the_whole_file_could_be_read()
    {
        Assert.Equal(["explorer", "farm"], Reading.OfText("").Problems.Select(problem => problem.Pointer));
        Assert.Single(Reading.OfText("explorer =\n").Problems);
    }

    [Theory]
    [InlineData("http://me:secret@host", "holds the name or the password of a user")]
    [InlineData("http:/me:secret@host", "holds the name or the password of a user")]
    [InlineData("ftp://host", "is \"ftp://host\", which is no address")]
    public void A_secret_in_an_address_is_refused_and_not_repeated(string address, string reason)
    {
        var configuration = Reading.OfText($"explorer = \"{address}\"\nfarm = \"{Reading.Farm}\"\n");
        Assert.Equal(reason, Assert.Single(configuration.Problems).Reason);
        Assert.DoesNotContain("secret", Reading.ProblemsOf(configuration), StringComparison.Ordinal);
        Assert.Equal("?", Reading.ValueOf(configuration, "explorer").Text);
    }

    [Theory]
    [InlineData("\ufeff")]
    [InlineData("\r\n# a comment\r\n")]
    public void A_byte_order_mark_and_ends_of_lines_of_Windows_are_taken(string head)
    {
        var configuration = Reading.OfText(head + Reading.Required.ReplaceLineEndings("\r\n") + "grace = 3\r\n");
        Assert.Equal("", Reading.ProblemsOf(configuration));
        Assert.Equal(("3", Origin.File), Reading.ValueOf(configuration, "grace"));
    }

    [Fact]
    public void What_is_no_readable_file_is_a_problem_and_no_crash()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(
            $"{folder.Path} is no file (name a file of lines such as: pool-size = 4)",
            Assert.Single(Reading.OfFile(folder.Path).Problems).ToString());
        Assert.Contains("is no file", Assert.Single(Reading.OfFile("/dev/zero").Problems).Reason, StringComparison.Ordinal);
        Assert.StartsWith("is not there", Assert.Single(Reading.OfFile(folder.File("none")).Problems).Reason, StringComparison.Ordinal);
        Assert.Equal("is empty", Assert.Single(Reading.OfFile("").Problems).Reason);

        var binary = folder.Write("binary", "");
        File.WriteAllBytes(binary, [0x66, 0xff, 0xfe]);
        Assert.Equal("is not UTF-8", Assert.Single(Reading.OfFile(binary).Problems).Reason);
        var deep = folder.Write("deep", $"device = {new string('[', 100_000)}");
        Assert.Equal("nests too deep", Assert.Single(Reading.OfFile(deep).Problems).Reason);
        var nothing = folder.Write("nothing", "a = \"\0\"");
        Assert.Contains("is not TOML", Reading.OfFile(nothing).Problems[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_file_is_refused_by_its_first_part()
    {
        using var folder = new TemporaryFolder();
        var huge = folder.Write("huge", "");
        using (var file = File.OpenWrite(huge))
        {
            file.SetLength(100L << 20);
        }

        var before = GC.GetTotalAllocatedBytes();
        Assert.Equal("has more than 256 KiB", Assert.Single(Reading.OfFile(huge).Problems).Reason);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 8 << 20);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Root_takes_no_file_that_others_may_change(UnixFileMode others)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only for root is a file in the hands of others a danger.");
        using var folder = new TemporaryFolder();
        var path = folder.Write("node.toml", Reading.Required);
        Assert.Empty(Reading.OfFile(path).Problems);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | others);
        var problem = Assert.Single(Reading.OfFile(path).Problems);
        Assert.Equal(
            ("can be changed by others than root", $"run: chown root {path} && chmod go-w {path}"), (problem.Reason, problem.Remedy));
    }

    [Theory]
    [InlineData("of-others", "of-others/node.toml")]
    [InlineData("of-others", "of-others/inner/node.toml")]
    [InlineData("of-others", "link.toml")]
    [InlineData("of-others", "of-others/away.toml")]
    [InlineData("of-others", "linked/inner/node.toml")]
    public void Root_takes_no_file_that_others_may_put_another_in_place_of(string others, string name)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only for root is a file in the hands of others a danger.");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File(others, "inner"));
        folder.Write("good.toml", Reading.Required);
        folder.Write($"{others}/node.toml", Reading.Required);
        folder.Write($"{others}/inner/node.toml", Reading.Required);
        File.CreateSymbolicLink(folder.File("link.toml"), $"{others}/../{others}/node.toml");
        File.CreateSymbolicLink(folder.File(others, "away.toml"), "../good.toml");
        File.CreateSymbolicLink(folder.File("linked"), folder.File(others));
        Assert.Empty(Reading.OfFile(folder.File(name)).Problems);

        var place = folder.File(others);
        var mode = File.GetUnixFileMode(place);
        File.SetUnixFileMode(place, mode | UnixFileMode.OtherWrite);
        var problem = Assert.Single(Reading.OfFile(folder.File(name)).Problems);
        Assert.Equal(
            ($"lies behind {place}, which can be changed by others than root", $"run: chown root {place} && chmod go-w {place}"),
            (problem.Reason, problem.Remedy));

        // As the folder for temporary files has it: there, nobody moves what is another's.
        File.SetUnixFileMode(place, mode | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        Assert.Empty(Reading.OfFile(folder.File(name)).Problems);
    }

    [Fact]
    public void A_default_file_may_be_missing_and_one_that_was_named_may_not()
    {
        using var folder = new TemporaryFolder();
        Assert.Same(ConfigurationSource.Empty, new ConfigurationFile(folder.File("none"), null).Read());
        Assert.True(new ConfigurationFile(folder.File("none"), "--config").Read().IsBroken);
        Assert.Same(ConfigurationSource.Empty, new ConfigurationFile("/dev/null", "--config").Read());
        Assert.Equal(new ConfigurationFile("/etc/provisiond.toml", null), ConfigurationFile.Choose(null, null));
        Assert.Equal(new ConfigurationFile("/a", "PROVISIOND_CONFIG"), ConfigurationFile.Choose(null, "/a"));
        Assert.Equal(new ConfigurationFile("/b", "--config"), ConfigurationFile.Choose("/b", "/a"));
    }

    [Fact]
    public void Whatever_stands_in_a_file_it_is_read_or_refused()
    {
        var random = new Random(20260101);
        var valid = Encoding.UTF8.GetBytes($"{Reading.Required}device = [\"/dev/sdb\", '/x']\ngrace = 1.5 # hours\nzero-os = true\n");
        using var folder = new TemporaryFolder();
        var path = folder.Write("node.toml", "");
        for (var i = 0; i < 3000; i++)
        {
            var bytes = valid.ToArray();
            for (var harm = random.Next(1, 5); harm > 0; harm--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(128);
            }

            File.WriteAllBytes(path, bytes.AsSpan(0, random.Next(bytes.Length)));
            _ = Reading.OfFile(path);
        }
    }
}

using Provision.Grid;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>The doctor looks at the machine that the configuration asks for, and at the configuration.</summary>
public sealed class DoctorConfigurationTests : IDisposable
{
    private const string Farm = "farm = \"GpuC7WdSEQfVDYZsBmUHxia21SJi1gJtbbgn4FjZZGrX\"\n";
    private const string Simulated = "simulated = true\n";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("provision-doctor-configuration-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("grace = = 3\n", "is not TOML")]
    [InlineData("grace = -3\nfish = 1\n", "fish is no key of provisiond")]
    [InlineData("data = 4\n", "data is a number")]
    public async Task What_is_wrong_with_it_is_a_failure_and_keeps_no_other_check_from_looking(string text, string found)
    {
        var checkup = await LookAsync(Simulated + text);
        Assert.Equal(1, checkup.ExitCode);
        checkup.Has("configuration", "failed", found);
        checkup.Has("boot-id", "ok", "-");
        checkup.Has("explorer", "warning", "nobody said");
    }

    [Fact]
    public async Task What_is_required_and_not_given_yet_is_a_warning()
    {
        var checkup = await LookAsync(Simulated);
        Assert.Equal(0, checkup.ExitCode);
        checkup.Has("configuration", "warning", "Not given: explorer, farm");
        (await LookAsync($"{Simulated}{Farm}explorer = \"http://127.0.0.1:1\"\n")).Has("configuration", "ok", "valid");
    }

    [Fact]
    public async Task A_machine_in_memory_needs_no_root_and_nothing_of_this_machine()
    {
        var checkup = await LookAsync(Simulated);
        Assert.Empty(checkup.Checks.Values.SelectMany(check => check.GetProperty("affects").EnumerateArray()));
        foreach (var name in (string[])["boot-id", "clock-synchronised", "data-space", "journal", "daemon"])
        {
            Assert.Contains(name, checkup.Checks.Keys);
        }
    }

    [Fact]
    public async Task A_password_in_the_address_of_an_explorer_is_refused_and_not_repeated()
    {
        var run = await CommandRun.RunAsync(
            Programs.Provisiond, ["doctor", "--config", "/dev/null", "--simulated", "--explorer", "http://me:secret@127.0.0.1:1"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--explorer holds the name or the password of a user", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pool_that_is_configured_is_looked_at_and_whom_networks_ask()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may look at pools and networks: run it as root.");
        var large = await LookAsync($"data = \"{folder.FullName}/node\"\npool-size = 1048576\nresolver = [\"192.0.2.1\"]\n");
        large.Has("pool-file", "failed", "does not fit");
        large.Has("pool-devices", "ok", "no pool");
        large.Has("resolvers", "warning", "No answer from 192.0.2.1");
        var lost = await LookAsync($"data = \"{folder.FullName}/node\"\ndevice = [\"/dev/nope\"]\n");
        lost.Has("pool-devices", "failed", "/dev/nope");
        lost.Has("pool-file", "ok", "no pool");
        lost.Has("loop-devices", "ok", "no pool");
    }

    private async Task<Checkups> LookAsync(string text)
    {
        var file = Path.Combine(folder.FullName, "node.toml");
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return await Checkups.RunAsync(Programs.Provisiond, "doctor", "--config", file);
    }
}

using Provision.Agent.Systemd;
using Provision.Agent.Tests.Configuration;
using Provision.Grid;
using Xunit;

namespace Provision.Agent.Tests.Systemd;

public sealed class InstallTests : IDisposable
{
    private const string UnitPath = "etc/systemd/system/provisiond.service";
    private const string Verifier = "systemd-analyze";

    // What systemd says of keys that are newer than itself.
    private static readonly string[] NewKeys = ["RestartSteps", "RestartMaxDelaySec"];

    private readonly TemporaryFolder root = new();

    private string Unit => root.File(UnitPath);

    private string Configuration => root.File("etc/provisiond.toml");

    [Fact]
    public async Task Install_writes_unit_and_configuration_and_a_second_time_changes_nothing()
    {
        var first = await RunAsync("install");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("systemctl daemon-reload", first.Output, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Configuration));
        Assert.Contains($"\nExecStart=\"{Programs.Provisiond}\" run\n", await ReadAsync(Unit), StringComparison.Ordinal);

        await File.AppendAllTextAsync(Configuration, Reading.Required, Ct);
        var (unit, configuration) = (await ReadAsync(Unit), await ReadAsync(Configuration));
        var second = await RunAsync("install");
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("is as it should be", second.Output, StringComparison.Ordinal);
        Assert.Equal((unit, configuration), (await ReadAsync(Unit), await ReadAsync(Configuration)));
        Assert.Equal(2, Directory.EnumerateFiles(root.Path, "*", SearchOption.AllDirectories).Count());

        await File.AppendAllTextAsync(Unit, "# changed\n", Ct);
        await RunAsync("install");
        Assert.Equal(unit, await ReadAsync(Unit));
    }

    [Fact]
    public async Task The_configuration_that_is_installed_is_valid_once_it_says_what_is_required()
    {
        await RunAsync("install");
        await File.AppendAllTextAsync(Configuration, Reading.Required, Ct);
        var check = await CommandRun.RunAsync(Programs.Provisiond, ["config", "check", "--config", Configuration]);
        Assert.Equal((0, ""), (check.ExitCode, check.Error));
    }

    [Fact]
    public async Task Uninstall_removes_the_unit_and_keeps_what_is_the_farmers()
    {
        await RunAsync("install");
        var link = root.File("etc/systemd/system/multi-user.target.wants/provisiond.service");
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, "/etc/systemd/system/provisiond.service");

        var first = await RunAsync("uninstall");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("provisiond clean", first.Output, StringComparison.Ordinal);
        Assert.Equal([Configuration], Directory.EnumerateFiles(root.Path, "*", SearchOption.AllDirectories));
        Assert.Contains("There is no", (await RunAsync("uninstall")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("install")]
    [InlineData("uninstall")]
    public async Task A_unit_of_somebody_else_is_left_alone(string verb)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Unit)!);
        await File.WriteAllTextAsync(Unit, "[Service]\nExecStart=/bin/true\n", Ct);
        var run = await RunAsync(verb);
        Assert.Equal(6, run.ExitCode);
        Assert.Contains("was not written by 'provisiond install'", run.Error, StringComparison.Ordinal);
        Assert.Equal("[Service]\nExecStart=/bin/true\n", await ReadAsync(Unit));
        Assert.False(File.Exists(Configuration));
    }

    [Fact]
    public async Task Where_nobody_may_write_the_remedy_is_said()
    {
        var file = root.Write("file", "");
        var run = await CommandRun.RunAsync(Programs.Provisiond, ["install", "--root", file]);
        Assert.Equal(8, run.ExitCode);
        Assert.Contains("cannot be written", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_understands_the_unit()
    {
        var analyze = new[] { "/usr/bin", "/bin" }.Select(folder => Path.Combine(folder, Verifier)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(analyze is null, $"{Verifier} is missing: eng/install brings it.");
        await RunAsync("install");
        var run = await CommandRun.RunAsync(analyze!, ["verify", "--man=no", Unit]);
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(
            run.Error.Split('\n').Where(line => line.Contains("provisiond.service", StringComparison.Ordinal)),
            line => !NewKeys.Any(key => line.Contains($"'{key}'", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("/opt/my node/provisiond", "ExecStart=\"/opt/my node/provisiond\" run")]
    [InlineData("/opt/a%b$c\"d\\e", "ExecStart=\"/opt/a%%b$$c\\\"d\\\\e\" run")]
    public void Any_path_of_the_program_is_quoted(string program, string line) =>
        Assert.Contains($"\n{line}\n", UnitFile.Write(program), StringComparison.Ordinal);

    [Fact]
    public void Mounts_are_the_machines_and_what_runs_outlives_the_daemon()
    {
        var settings = UnitFile.Write("/x").Split('\n').Where(line => !line.StartsWith('#')).ToList();
        Assert.Contains("KillMode=process", settings);
        Assert.Contains("Delegate=yes", settings);
        Assert.Contains("Type=notify", settings);
        string[] namespaces =
            ["Private", "Protect", "ReadOnly", "ReadWrite", "Inaccessible", "Bind", "Temporary", "Root", "Mount", "DynamicUser"];
        Assert.DoesNotContain(settings, line => namespaces.Any(name => line.StartsWith(name, StringComparison.Ordinal)));
    }

    public void Dispose() => root.Dispose();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<string> ReadAsync(string path) => File.ReadAllTextAsync(path, Ct);

    private Task<CommandRun> RunAsync(string verb) => CommandRun.RunAsync(Programs.Provisiond, [verb, "--root", root.Path]);
}

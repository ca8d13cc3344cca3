using Provision.Agent.Systemd;
using Provision.Agent.Tests.Configuration;
using Provision.Grid;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Agent.Tests.Systemd;

public sealed class InstallTests(ImageFolder image) : IClassFixture<ImageFolder>, IDisposable
{
    private const string UnitPath = "etc/systemd/system/provisiond.service";
    private const string Verifier = "systemd-analyze";

    // What systemd says of keys that are newer than itself.
    private static readonly string[] NewKeys = ["RestartSteps", "RestartMaxDelaySec"];

    private string Unit => image.File(UnitPath);

    private string Configuration => image.File("etc/provisiond.toml");

    [Fact]
    public async Task Install_writes_unit_and_configuration_and_a_second_time_changes_nothing()
    {
        var first = await RunAsync("install");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("systemctl daemon-reload", first.Output, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Configuration));
        Assert.Contains($"\nExecStart=\"{ImageFolder.ProgramPath}\" run\n", await ReadAsync(Unit), StringComparison.Ordinal);

        await File.AppendAllTextAsync(Configuration, Reading.Required, Ct);
        var (unit, configuration) = (await ReadAsync(Unit), await ReadAsync(Configuration));
        var second = await RunAsync("install");
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("is as it should be", second.Output, StringComparison.Ordinal);
        Assert.Equal((unit, configuration), (await ReadAsync(Unit), await ReadAsync(Configuration)));
        Assert.Equal(2, Directory.EnumerateFiles(image.File("etc"), "*", SearchOption.AllDirectories).Count());

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

    [Theory]
    [InlineData("/etc/systemd/system/provisiond.service", false)]
    [InlineData("../provisiond.service", false)]
    [InlineData("/usr/lib/systemd/system/provisiond.service", true)]
    public async Task Uninstall_removes_a_link_to_its_unit_and_to_no_other(string target, bool stays)
    {
        var link = image.File("etc/systemd/system/multi-user.target.wants/provisiond.service");
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, target);
        await RunAsync("uninstall");
        Assert.Equal(stays, new FileInfo(link).LinkTarget is not null);
    }

    [Fact]
    public async Task Uninstall_removes_the_unit_and_keeps_what_is_the_farmers()
    {
        await RunAsync("install");
        var link = image.File("etc/systemd/system/multi-user.target.wants/provisiond.service");
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, "/etc/systemd/system/provisiond.service");

        var first = await RunAsync("uninstall");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("provisiond clean", first.Output, StringComparison.Ordinal);
        Assert.Equal([Configuration], Directory.EnumerateFiles(image.File("etc"), "*", SearchOption.AllDirectories));
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
        await File.WriteAllTextAsync(image.File("etc"), "", Ct);
        var run = await RunAsync("install");
        Assert.Equal(8, run.ExitCode);
        Assert.Contains("cannot be written", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("my node")]
    [InlineData("a%b$c${d}%h")]
    [InlineData("é;#[~]-@")]
    public async Task Systemd_understands_the_unit_of_a_program_in_any_folder(string name)
    {
        var analyze = new[] { "/usr/bin", "/bin" }.Select(folder => Path.Combine(folder, Verifier)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(analyze is null, $"{Verifier} is missing: eng/install brings it.");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File(name));
        var program = folder.Write(Path.Combine(name, "provisiond"), "#!/bin/sh\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var run = await CommandRun.RunAsync(
            analyze!, ["verify", "--man=no", folder.Write(UnitFile.Name, UnitFile.Write(new InstalledFiles("/").PathOnMachine(program)))]);
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(
            run.Error.Split('\n').Where(line => line.Contains(UnitFile.Name, StringComparison.Ordinal)),
            line => !NewKeys.Any(key => line.Contains($"'{key}'", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a\"b")]
    [InlineData("a'b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    public void What_systemd_would_not_start_gets_no_unit(string name)
    {
        var fault = Assert.Throws<FaultException>(() => new InstalledFiles(image.Path).Install(image.File(name, "provisiond"))).Fault;
        Assert.Equal((FaultCode.Invalid, "Move the programs elsewhere."), (fault.Code, fault.Remedy));
        Assert.False(Directory.Exists(image.File("etc")));
    }

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

    [Fact]
    public async Task A_program_that_is_not_in_the_image_gets_no_unit_there()
    {
        var run = await CommandRun.RunAsync(Programs.Provisiond, ["install", "--root", image.Path]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{Programs.Provisiond} is not below {image.Path}", run.Error, StringComparison.Ordinal);
        Assert.Contains("remedy: Copy the programs below", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(image.File("etc")));
    }

    [Theory]
    [InlineData("/", "/opt/x/provisiond", "/opt/x/provisiond")]
    [InlineData("/img", "/img/bin/provisiond", "/bin/provisiond")]
    [InlineData("/img/", "/img/..bin/provisiond", "/..bin/provisiond")]
    public void The_unit_starts_the_program_by_the_path_that_it_has_on_the_machine(string root, string program, string path) =>
        Assert.Equal(path, new InstalledFiles(root).PathOnMachine(program));

    public void Dispose() => image.Clear();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<string> ReadAsync(string path) => File.ReadAllTextAsync(path, Ct);

    private Task<CommandRun> RunAsync(string verb) => CommandRun.RunAsync(image.Program, [verb, "--root", image.Path]);
}

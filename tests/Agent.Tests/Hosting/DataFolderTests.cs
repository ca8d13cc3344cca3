using Provision.Agent.Doctor;
using Provision.Agent.Hosting;
using Provision.Agent.Tests.Configuration;
using Provision.Grid;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Agent.Tests.Hosting;

/// <summary>Folders that a node cannot be kept in: said in words, and not with a trace.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task One_of_another_user_is_refused_by_daemon_and_doctor()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root is kept from folders of others: it alone can give one away.");
        var node = folder.File("node");
        Directory.CreateDirectory(node, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(0, (await CommandRun.RunAsync("chown", ["65534", node])).ExitCode);

        var run = await StartAsync(node);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("belongs to user 65534", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(node));
        var check = new DataChecks(new DataFolder(node)).All.Single(check => check.Name == "data-folder");
        var e = await Assert.ThrowsAsync<FaultException>(async () => await check.LookAsync(Ct));
        Assert.Contains("chown", e.Fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_its_place_is_named()
    {
        var file = folder.File("file");
        await File.WriteAllTextAsync(file, "precious", Ct);
        var run = await StartAsync(file);
        Assert.Equal(8, run.ExitCode);
        Assert.Contains(file, run.Error, StringComparison.Ordinal);
        Assert.Contains("remedy: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(file, Ct));
    }

    [Fact]
    public async Task One_whose_socket_would_have_too_long_a_name_is_a_problem_of_its_key()
    {
        var run = await StartAsync(folder.File(new string('x', 100)));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--data is ", run.Error, StringComparison.Ordinal);
        Assert.Contains("90 bytes", run.Error, StringComparison.Ordinal);
    }

    private static Task<CommandRun> StartAsync(string data) => CommandRun.RunAsync(
        Programs.Provisiond,
        ["run", "--config", "/dev/null", "--data", data, "--simulated", "--explorer", "http://127.0.0.1:9", "--farm", Reading.Farm]);
}

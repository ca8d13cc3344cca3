using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Provision.Grid;
using Provision.Reservations;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>What a farmer is told of a machine and of the node on it.</summary>
public sealed partial class DoctorTests
{
    private const int StopSignal = 19; // SIGSTOP
    private static readonly string Nowhere = Path.Combine(Path.GetTempPath(), "provision-no-node");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_check_is_in_the_docs_with_what_it_means_and_affects()
    {
        var checkup = await Checkups.RunAsync(Programs.Provisiond, "doctor", "--data", Nowhere);
        var docs = await File.ReadAllLinesAsync(Path.Combine(Programs.Root, "docs", "doctor.md"), Ct);
        var rows = docs.Select(line => Row().Match(line)).Where(match => match.Success).Select(match => match.Value);
        Assert.True(checkup.Checks.Count >= 25, $"{checkup.Checks.Count}");
        Assert.Equal(
            checkup.Checks.Values.Select(check => $"| `{check.GetProperty("name")}` | {check.GetProperty("meaning")} | "
                + $"{string.Join(", ", check.GetProperty("affects").EnumerateArray())} |"),
            rows);
    }

    [Fact]
    public async Task A_node_that_is_well_has_no_failure_and_its_daemon_is_asked()
    {
        await using var grid = await Grids.StartAsync(simulated: false);
        var order = await grid.OrderAsync();
        await grid.ReceiptAsync(order, ReceiptState.Ok);

        var checkup = await Checkups.RunAsync(grid);

        Assert.True(checkup.ExitCode == 0, string.Join('\n', checkup.Checks.Values));
        var id = grid.Provisiond!.Id.ToString(CultureInfo.InvariantCulture);
        checkup.Has("daemon", "ok", $"process {id} answers");
        checkup.Has("pool-mounted", "ok", "default at /dev/loop");
        foreach (var check in (string[])
            ["last-poll", "explorer", "explorer-clock", "pool-errors", "pool-quota", "pool-space", "key-permissions", "lacking",
             "leftovers", "set-aside", "receipts-waiting", "journal", "container-runtime", "packet-filter", "btrfs-quota",
             "idmapped-mounts"])
        {
            checkup.Has(check, "ok", "");
        }

        var text = await grid.ProvisiondAsync("doctor");
        Assert.Equal(0, text.ExitCode);
        Assert.Matches("^CHECK +RESULT +FOUND\n", text.Output);
        Assert.Contains("\nexplorer: warning\n  means     Orders come from the explorer", text.Output, StringComparison.Ordinal);
        Assert.Contains("  remedy    Name it with --explorer.\n", text.Output, StringComparison.Ordinal);
        Assert.EndsWith(" 0 failed\n", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_does_not_run_is_a_finding_and_an_explorer_that_does_not_listen_a_failure()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        await grid.Provisiond!.StopAsync(TimeSpan.FromSeconds(20));
        var stopped = await Checkups.RunAsync(grid);
        Assert.Equal(0, stopped.ExitCode);
        stopped.Has("daemon", "warning", "It does not run");
        stopped.Has("last-poll", "warning", "no daemon answers");

        await grid.Explorer!.KillAsync();
        var alone = await Checkups.RunAsync(grid);
        Assert.Equal(1, alone.ExitCode);
        alone.Has("explorer", "failed", "cannot be reached");
        alone.Has("explorer-clock", "failed", "cannot be reached");
    }

    [Fact]
    public async Task A_daemon_that_hangs_is_named_and_keeps_no_other_check_waiting()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        LiveProcess.Find(grid.Provisiond!.Id)!.Signal(StopSignal);

        var checkup = await Checkups.RunAsync(grid);

        Assert.Equal(1, checkup.ExitCode);
        checkup.Has("daemon", "failed", $"Process {grid.Provisiond.Id} has the node in hand, and does not answer");
        checkup.Has("last-poll", "warning", "no daemon answers");
        checkup.Has("explorer", "ok", "answered");
        checkup.Has("journal", "ok", "0 orders");
    }

    [Fact]
    public async Task Others_who_could_read_the_key_or_the_folder_are_a_failure()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(grid.In("node"), File.GetUnixFileMode(grid.In("node")) | others);
        File.SetUnixFileMode(grid.In("node", "identity.seed"), UnixFileMode.UserRead | others);

        var checkup = await Checkups.RunAsync(grid);

        Assert.Equal(1, checkup.ExitCode);
        checkup.Has("data-folder", "failed", "mode 744");
        checkup.Has("key-permissions", "failed", "can be read by other users");
        Assert.Equal($"Run: chmod 0400 {grid.In("node", "identity.seed")}", checkup.Text("key-permissions", "remedy"));
    }

    [Fact]
    public async Task A_folder_that_is_no_nodes_and_a_journal_that_is_spoilt_are_found()
    {
        await using var grid = await Grids.StartAsync(simulated: true);
        await grid.ReceiptAsync(await grid.OrderAsync(), ReceiptState.Ok);
        await grid.Provisiond!.KillAsync();
        var segment = Directory.GetFiles(grid.In("node", "machine", "journal"))[0];
        var lines = await File.ReadAllLinesAsync(segment, Ct);
        await File.WriteAllTextAsync(segment, string.Join('\n', lines.Select((line, i) => i == 0 ? "spoilt" : line)) + "\n", Ct);
        (await Checkups.RunAsync(grid)).Has("journal", "warning", "reports; the first: ");

        var foreign = await Checkups.RunAsync(Programs.Provisiond, "doctor", "--data", grid.Folder);
        foreign.Has("data-folder", "failed", "is not the folder of a node");
    }

    [Theory]
    [InlineData(-3600, "failed", "ahead of")]
    [InlineData(3600, "failed", "behind")]
    [InlineData(1, "ok", "apart")]
    public async Task A_clock_that_is_not_the_explorers_is_a_failure(int seconds, string result, string found)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, TimeProvider.System.GetUtcNow().AddSeconds(seconds));

        var checkup = await Checkups.RunAsync(
            Programs.Provisiond, "doctor", "--data", Nowhere, "--explorer", $"http://{listener.LocalEndpoint}");

        checkup.Has("explorer", "ok", "answered");
        checkup.Has("explorer-clock", result, found);
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task An_explorer_that_is_something_else_is_a_failure_and_no_address_a_mistake()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, TimeProvider.System.GetUtcNow(), """{"status":"lost"}""");
        var checkup = await Checkups.RunAsync(
            Programs.Provisiond, "doctor", "--data", Nowhere, "--explorer", $"http://{listener.LocalEndpoint}");
        checkup.Has("explorer", "failed", "not that it is well");
        listener.Stop();
        await serving;

        var mistaken = await Checkups.RunAsync(
            Programs.Provisiond, "doctor", "--data", Nowhere, "--explorer", "somewhere", "--simulated");
        Assert.Equal(1, mistaken.ExitCode);
        mistaken.Has("configuration", "failed", "--explorer is \"somewhere\", which is no address");
    }

    [Fact]
    public async Task Without_a_flag_the_configured_explorer_is_asked()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "explorer = \"http://127.0.0.1:1\"\n", TestContext.Current.CancellationToken);
            var checkup = await Checkups.RunAsync(Programs.Provisiond, "doctor", "--data", Nowhere, "--config", file);
            checkup.Has("explorer", "failed", "http://127.0.0.1:1/");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Root_without_its_rights_fails_what_needs_them_and_leaves_nothing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root has rights to lay down: run it as root.");
        var checkup = await Checkups.RunAsync(
            "setpriv", "--bounding-set", "-all", "--inh-caps", "-all", Programs.Provisiond, "doctor", "--data", Nowhere);
        Assert.Equal(1, checkup.ExitCode);
        foreach (var check in (string[])
            ["capabilities", "user-namespaces", "mount-calls", "memory-without-swap", "btrfs", "btrfs-quota",
             "idmapped-mounts", "packet-filter", "network-namespaces", "link-pairs", "bridge", "network-settings", "container-runtime"])
        {
            checkup.Has(check, "failed", "");
        }

        Assert.Empty(Directory.GetFileSystemEntries(Path.GetTempPath(), "provision-doctor-*"));
    }

    [Fact]
    public async Task Somebody_who_is_not_root_hears_what_was_not_looked_at()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root has rights to lay down: run it as root.");
        var folder = Directory.CreateTempSubdirectory("provision-doctor-test-");
        try
        {
            // The daemon where anybody can reach it, whatever folder this is tested in.
            await CommandRun.RunAsync("cp", ["-r", Path.GetDirectoryName(Programs.Provisiond)!, Path.Combine(folder.FullName, "agent")]);
            await CommandRun.RunAsync("chmod", ["-R", "a+rX", folder.FullName]);
            var checkup = await Checkups.RunAsync(
                "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
                Path.Combine(folder.FullName, "agent", "provisiond"), "doctor", "--data", Nowhere);
            Assert.Equal(1, checkup.ExitCode);
            checkup.Has("root", "failed", "Not root");
            checkup.Has("btrfs", "warning", "only root can");
            Assert.Equal("Run it as root.", checkup.Text("btrfs", "remedy"));
            checkup.Has("nft", "ok", "nft");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task ServeAsync(TcpListener listener, DateTimeOffset date, string body = """{"status":"ok"}""")
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(CancellationToken.None);
                await using var stream = client.GetStream();
                await stream.ReadAtLeastAsync(new byte[4096], 1);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 200 OK\r\nDate: {date:R}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n"
                    + $"Connection: close\r\n\r\n{body}"));
            }
        }
        catch (SocketException)
        {
            // It was stopped.
        }
    }

    [GeneratedRegex(@"^\| `[a-z0-9-]+` \| .* \| .*\|$")]
    private static partial Regex Row();
}

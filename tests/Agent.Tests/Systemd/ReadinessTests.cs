using System.Net.Sockets;
using System.Text;
using Provision.Agent.Tests.Configuration;
using Provision.Grid;
using Xunit;

namespace Provision.Agent.Tests.Systemd;

public sealed class ReadinessTests
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_daemon_says_when_its_status_can_be_asked_whenever_it_got_on_and_that_it_stops()
    {
        using var folder = new TemporaryFolder();
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(folder.File("notify")));

        using var daemon = Daemon.Start(
            folder.File("log"),
            Programs.Provisiond,
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = folder.File("notify") },
            "run", "--config", "/dev/null", "--data", folder.File("node"), "--simulated",
            "--explorer", "http://127.0.0.1:9", "--farm", Reading.Farm);
        try
        {
            await HearAsync(manager, "READY=1");
            using var socket = new NodeSocket(folder.File("node", "provisiond.sock"));
            Assert.True((await socket.StatusAsync()).TryGetProperty("node_id", out _));

            await HearAsync(manager, "WATCHDOG=1");
            await HearAsync(manager, "WATCHDOG=1");
            var end = daemon.StopAsync(TimeMax);
            await HearAsync(manager, "STOPPING=1");
            Assert.Equal(0, await end);
        }
        finally
        {
            await daemon.KillAsync();
        }
    }

    [Fact]
    public async Task A_manager_that_is_gone_does_not_keep_a_daemon_from_running()
    {
        using var folder = new TemporaryFolder();
        using var daemon = Daemon.Start(
            folder.File("log"),
            Programs.Provisiond,
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = folder.File("nobody") },
            "run", "--config", "/dev/null", "--data", folder.File("node"), "--simulated",
            "--explorer", "http://127.0.0.1:9", "--farm", Reading.Farm);
        try
        {
            using var socket = new NodeSocket(folder.File("node", "provisiond.sock"));
            await Until.AnsweredAsync("a status", async () => (object?)await socket.StatusAsync());
            Assert.Equal(0, await daemon.StopAsync(TimeMax));
        }
        finally
        {
            await daemon.KillAsync();
        }
    }

    // Until it says so: while it starts polls may end, too.
    private static async Task HearAsync(Socket manager, string said)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeMax);
        var heard = new byte[4096];
        for (var text = ""; text != said;)
        {
            var length = await manager.ReceiveAsync(heard, SocketFlags.None, limit.Token);
            text = Encoding.UTF8.GetString(heard, 0, length).Trim();
        }
    }
}

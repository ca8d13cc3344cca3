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
    public async Task A_daemon_says_that_it_is_ready_when_its_status_can_be_asked_and_that_it_stops()
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
            Assert.Equal("READY=1", await HearAsync(manager));
            using var socket = new NodeSocket(folder.File("node", "provisiond.sock"));
            Assert.True((await socket.StatusAsync()).TryGetProperty("node_id", out _));

            var end = daemon.StopAsync(TimeMax);
            Assert.Equal("STOPPING=1", await HearAsync(manager));
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

    private static async Task<string> HearAsync(Socket manager)
    {
        var heard = new byte[4096];
        var length = await manager.ReceiveAsync(heard, SocketFlags.None, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeMax);
        return Encoding.UTF8.GetString(heard, 0, length).Trim();
    }
}

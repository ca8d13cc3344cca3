using System.Net.Sockets;
using System.Text;
using Provision.Agent.Doctor;
using Provision.Agent.Hosting;
using Provision.Machine.Linux.Doctor;
using Xunit;

namespace Provision.Agent.Tests.Doctor;

public sealed class DaemonChecksTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""
        {"seconds_since_good_poll":"soon","receipts_waiting":"few","lacking":1,"unexplained":[1],"set_aside":1e99,"troubles":[{}]}
        """)]
    public async Task A_daemon_of_another_version_is_a_finding_of_each_check_that_does_not_understand_it(string answer)
    {
        var data = new DataFolder(folder.Path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(data.Socket));
        listener.Listen();
        var serving = AnswerAsync(listener, answer);

        var findings = new Dictionary<string, Finding>();
        foreach (var check in new DaemonChecks(data).All)
        {
            findings[check.Name] = await check.LookAsync(TestContext.Current.CancellationToken);
        }

        await serving;
        Assert.Equal("answers", findings["daemon"].Found);
        Assert.All(
            findings.Where(one => one.Key != "daemon" && !(one.Key == "last-poll" && answer == "{}")),
            one => Assert.Equal(Finding.Warning(
                "Not known: the daemon that runs is of another version", null, "Start it again: it is of this version then."), one.Value));
    }

    private static async Task AnswerAsync(Socket listener, string body)
    {
        using var client = await listener.AcceptAsync(CancellationToken.None);
        await client.ReceiveAsync(new byte[4096], CancellationToken.None);
        await client.SendAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"),
            CancellationToken.None);
    }
}

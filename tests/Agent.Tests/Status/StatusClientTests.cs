using System.Net.Sockets;
using Provision.Agent.Status;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Agent.Tests.Status;

/// <summary>What a verb says when the daemon of a folder does not answer.</summary>
public sealed class StatusClientTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task One_that_hangs_is_told_from_one_that_is_not_there()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder.File("hangs")));
        socket.Listen();
        Assert.Contains("does not answer within", (await AskAsync("hangs")).What, StringComparison.Ordinal);
        Assert.Contains("No daemon answers", (await AskAsync("nobody")).What, StringComparison.Ordinal);
    }

    private async Task<Fault> AskAsync(string name)
    {
        var e = await Assert.ThrowsAsync<FaultException>(() => StatusClient.SendAsync(
            folder.File(name), HttpMethod.Get, "status", TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));
        Assert.Equal(FaultCode.Unavailable, e.Fault.Code);
        return e.Fault;
    }
}

using System.Net.Sockets;
using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Status;

/// <summary>Asks the daemon of a data folder.</summary>
internal static class StatusClient
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>The answer to a question, which comes soon: a question changes nothing.</summary>
    /// <exception cref="FaultException">As <see cref="HaveDoneAsync"/>.</exception>
    public static Task<JsonElement> AskAsync(string socket, string path, CancellationToken ct) =>
        SendAsync(socket, HttpMethod.Get, path, Deadline, ct);

    /// <summary>What the daemon says when it has done something, which takes as long as it takes.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.Unavailable"/>: no daemon runs there. Others: what the daemon answered.
    /// </exception>
    public static Task<JsonElement> HaveDoneAsync(string socket, string path, CancellationToken ct) =>
        SendAsync(socket, HttpMethod.Post, path, Timeout.InfiniteTimeSpan, ct);

    internal static async Task<JsonElement> SendAsync(
        string socket, HttpMethod method, string path, TimeSpan deadline, CancellationToken ct)
    {
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(socket, token) };
        using var client = new HttpClient(handler) { BaseAddress = new Uri("http://provisiond/"), Timeout = deadline };
        try
        {
            using var request = new HttpRequestMessage(method, path);
            using var response = await client.SendAsync(request, ct);
            var body = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(ct));
            return response.IsSuccessStatusCode ? body : throw new FaultException(StrictJson.Read(body, "fault", FaultJson.Read));
        }
        catch (TaskCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Unavailable,
                    $"The daemon at {socket} does not answer within {deadline.TotalSeconds:0} s",
                    "See what it is busy with in its log; what it leases runs on. Ask again, or start it anew."),
                e);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new FaultException(
                new Fault(FaultCode.Denied, $"{socket} is for its owner only", "Ask as the user who runs the daemon."), e);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or JsonException)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Unavailable,
                    $"No daemon answers at {socket}",
                    "Start it with 'provisiond run', or name its folder with --data."),
                e);
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}

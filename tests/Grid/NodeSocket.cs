using System.Net.Sockets;
using System.Text.Json;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Grid;

/// <summary>Asks a daemon on its status socket, as <c>provisiond status</c> does, without the time that a program takes to start.</summary>
public sealed class NodeSocket(string path) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { ConnectCallback = (_, ct) => ConnectAsync(path, ct) })
    {
        BaseAddress = new Uri("http://provisiond/"),
        Timeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>How the daemon stands.</summary>
    public async Task<JsonElement> StatusAsync() => JsonElement.Parse(await AskAsync(HttpMethod.Get, "status"));

    /// <summary>Everything on its machine that carries its mark, as the text it answers: the same things make the same text.</summary>
    public Task<string> InventoryAsync() => AskAsync(HttpMethod.Get, "inventory");

    /// <summary>Its metrics, as Prometheus reads them.</summary>
    public Task<string> MetricsAsync() => AskAsync(HttpMethod.Get, "metrics");

    /// <summary>Writes a file into a simulated volume.</summary>
    public Task WriteAsync(Digest owner, string file, ByteSize size) =>
        AskAsync(HttpMethod.Post, $"volumes/{owner}/files/{file}?size={size.Bytes}");

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<string> AskAsync(HttpMethod method, string route)
    {
        try
        {
            using var request = new HttpRequestMessage(method, route);
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            return response.IsSuccessStatusCode ? body : throw new FaultException(FaultCode.Conflict, body);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            throw new FaultException(new Fault(FaultCode.Unavailable, $"No daemon answers: {e.Message}"), e);
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

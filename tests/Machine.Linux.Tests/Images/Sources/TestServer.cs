using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Provision.Machine.Linux.Tests.Images.Sources;

/// <summary>A server on loopback that says what a test wants, byte by byte; honest servers would not do half of it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly ConcurrentBag<string> requests = [];
    private readonly ConcurrentBag<Task> answers = [];
    private readonly Task running;

    /// <summary>Serves: each connection gets one answer of this.</summary>
    public TestServer(Func<string, NetworkStream, CancellationToken, Task> answer)
    {
        listener.Start();
        running = RunAsync(answer);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>HOST:PORT.</summary>
    public string Host => $"127.0.0.1:{Port}";

    /// <summary>Every request that came, whole.</summary>
    public IReadOnlyList<string> Requests => [.. requests];

    /// <summary>A server that answers with these bytes, whatever it is asked.</summary>
    public static TestServer Of(byte[] body) => new(async (_, stream, ct) =>
    {
        await HeadAsync(stream, "200 OK", $"Content-Length: {body.Length}", ct);
        await stream.WriteAsync(body, ct);
    });

    /// <summary>A server that answers with nothing but this.</summary>
    public static TestServer Of(string status, string header = "X: y") =>
        new((_, stream, ct) => HeadAsync(stream, status, $"{header}\r\nContent-Length: 0", ct));

    public static async Task HeadAsync(NetworkStream stream, string status, string header, CancellationToken ct) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nConnection: close\r\n{header}\r\n\r\n"), ct);

    public async ValueTask DisposeAsync()
    {
        ended.Cancel();
        listener.Stop();
        await running;
        await Task.WhenAll(answers);
        ended.Dispose();
    }

    private async Task RunAsync(Func<string, NetworkStream, CancellationToken, Task> answer)
    {
        try
        {
            while (true)
            {
                answers.Add(AnswerAsync(await listener.AcceptTcpClientAsync(ended.Token), answer));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client, Func<string, NetworkStream, CancellationToken, Task> answer)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var request = new StringBuilder();
                var buffer = new byte[1];
                while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
                    && await stream.ReadAsync(buffer, ended.Token) > 0)
                {
                    request.Append((char)buffer[0]);
                }

                requests.Add(request.ToString());
                await answer(request.ToString(), stream, ended.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The client has gone, which is what most of these tests want it to.
            }
        }
    }
}

using System.Net;
using System.Text;

namespace Provision.EndToEnd;

/// <summary>Takes traces by OTLP over HTTP and keeps them as they came.</summary>
internal sealed class Collector : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly List<byte[]> bodies = [];
    private readonly Task serving;

    public Collector(int port)
    {
        Address = $"http://127.0.0.1:{port}/otlp";
        listener.Prefixes.Add($"{Address}/");
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>All that came, one after the other: texts are whole in it, as protobuf writes them.</summary>
    public byte[] Received
    {
        get
        {
            lock (bodies)
            {
                return [.. bodies.SelectMany(body => body)];
            }
        }
    }

    /// <summary>True when this text came.</summary>
    public bool Has(string text) => Received.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    public void Dispose()
    {
        listener.Close();
        serving.Wait();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                if (context.Request.Url?.AbsolutePath == "/otlp/v1/traces")
                {
                    lock (bodies)
                    {
                        bodies.Add(body.ToArray());
                    }
                }

                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed: the end.
        }
    }
}

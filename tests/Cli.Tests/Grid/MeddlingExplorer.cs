using System.Net;
using System.Net.Sockets;

namespace Provision.Cli.Tests.Grid;

/// <summary>Passes requests on to an explorer, and does something of its own before the first order: a race, lost on purpose.</summary>
internal sealed class MeddlingExplorer : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly HttpClient http = new();
    private readonly Task serving;

    public MeddlingExplorer()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>A name that the explorer needs: what is signed for others it refuses.</summary>
    public Uri Address { get; }

    /// <summary>Where to pass requests on to.</summary>
    public Uri? Explorer { get; set; }

    /// <summary>What to do before the next order; null: nothing.</summary>
    public Func<Task>? Meddle { get; set; }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
        http.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            if (context.Request.HttpMethod == "POST" && Meddle is { } meddle)
            {
                Meddle = null;
                await meddle();
            }

            await ForwardAsync(context);
        }
    }

    private async Task ForwardAsync(HttpListenerContext context)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.HttpMethod), new Uri(Explorer!, context.Request.RawUrl));
        request.Headers.Host = context.Request.UserHostName; // What is signed is for whom it was sent to.
        string[] signed = ["Signature", "Signature-Input", "Content-Digest"];
        foreach (var name in signed.Where(name => context.Request.Headers[name] is not null))
        {
            request.Headers.Add(name, context.Request.Headers[name]);
        }

        if (context.Request.HasEntityBody)
        {
            request.Content = new StreamContent(context.Request.InputStream);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        using var answer = await http.SendAsync(request);
        context.Response.StatusCode = (int)answer.StatusCode;
        await context.Response.OutputStream.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
        context.Response.Close();
    }
}

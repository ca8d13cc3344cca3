using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Provision.Agent.Hosting;
using Provision.Agent.Telemetry;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Status;

/// <summary>
/// HTTP on a Unix socket that only the owner of the data folder can reach: <c>/status</c>, <c>/inventory</c>, and what verbs have done.
/// With it comes the daemon's log. All of it has threads of its own, and puts its questions to the engine's.
/// </summary>
internal sealed class StatusSocket : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly AgentOptions options;
    private readonly WebApplication app;

    private StatusSocket(AgentOptions options)
    {
        this.options = options;

        // Empty: neither variables nor files may open it to others than the configuration says.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        Log.Configure(builder.Logging, options.LogLevel);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        app = builder.Build();
    }

    /// <summary>The log: one JSON object a line on standard error.</summary>
    public ILoggerFactory Logs => app.Services.GetRequiredService<ILoggerFactory>();

#pragma warning disable RS0030 // Away from the engine's thread on purpose: it has better to do than to put a web server together.
    /// <summary>Prepares it while the caller does something else; nothing listens yet.</summary>
    public static Task<StatusSocket> PrepareAsync(AgentOptions options) => Task.Run(() => new StatusSocket(options));

    /// <summary>Listens until it is disposed of.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Conflict"/>: the address for metrics cannot be had.</exception>
    public Task ListenAsync(StatusSource source, MetricsPage metrics, CancellationToken ct) =>
        Task.Run(() => ListenHereAsync(source, metrics, ct), CancellationToken.None);
#pragma warning restore RS0030

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ListenHereAsync(StatusSource source, MetricsPage metrics, CancellationToken ct)
    {
        metrics.Map(app);
        app.MapGet("/status", Answer(_ => source.StatusAsync()));
        app.MapGet("/inventory", Answer(context => source.InventoryAsync(context.RequestAborted)));
        app.MapPost("/imports/zero-os", Answer(context =>
            source.ImportAsync(context.Request.Query["folder"].ToString(), context.RequestAborted)));
        app.MapPost("/volumes/{owner}/files/{file}", Answer(context => WriteAsync(context.Request, source)));

        // The lock on the data folder is ours, so a socket that is there is that of a daemon that died.
        File.Delete(options.Data.Socket);
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e) when (e is IOException or SocketException && options.MetricsAddress is not null)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Conflict,
                    $"Metrics cannot be offered at {options.MetricsAddress}: {e.Message}",
                    "Free that address, or configure another one: metrics-listen."),
                e);
        }

        File.SetUnixFileMode(options.Data.Socket, OwnerOnly);
    }

    // Requests here have no body, and who reaches the port of the metrics is a stranger.
    private void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestBufferSize = kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.ListenUnixSocket(options.Data.Socket, MetricsPage.OfferAll);
        if (options.MetricsAddress is { } address)
        {
            kestrel.Listen(address, MetricsPage.Bound);
        }
    }

    private static async Task<CanonicalJson> WriteAsync(HttpRequest request, StatusSource source)
    {
        if (!Digest.TryParse(request.RouteValues["owner"] as string, out var owner)
            || !long.TryParse(request.Query["size"], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            throw new FaultException(FaultCode.Invalid, "The request names no volume and size", "Use 'provisiond volume-write'.");
        }

        await source.WriteAsync(owner, (string)request.RouteValues["file"]!, new ByteSize(size));
        return CanonicalJson.Of("{}");
    }

    private static RequestDelegate Answer(Func<HttpContext, Task<CanonicalJson>> ask) => context => AnswerAsync(context, ask);

    private static async Task AnswerAsync(HttpContext context, Func<HttpContext, Task<CanonicalJson>> ask)
    {
        CanonicalJson answer;
        try
        {
            answer = await ask(context);
        }
        catch (FaultException e)
        {
            context.Response.StatusCode = StatusCodes.Status409Conflict;
            answer = CanonicalJson.Build(writer => FaultJson.Write(writer, e.Fault));
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer.Text), context.RequestAborted);
    }
}

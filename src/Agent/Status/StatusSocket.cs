using System.Globalization;
using System.Text;
using Provision.Agent.Hosting;
using Provision.Agent.Telemetry;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Status;

/// <summary>
/// HTTP on a Unix socket that only the owner of the data folder can reach: <c>/status</c>, <c>/inventory</c>, and what verbs have done.
/// </summary>
internal static class StatusSocket
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Listens; dispose of it to stop.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Conflict"/>: the address for metrics cannot be had.</exception>
    public static async Task<IAsyncDisposable> StartAsync(
        AgentOptions options, StatusSource source, MetricsPage metrics, CancellationToken ct)
    {
        var path = options.Data.Socket;

        // The lock on the data folder is ours, so a socket that is there is that of a daemon that died.
        File.Delete(path);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        Logs.Configure(builder.Logging, options.LogLevel);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(path);
            if (options.MetricsAddress is { } address)
            {
                kestrel.Listen(address, MetricsPage.OfferNothingElse);
            }
        });
        var app = builder.Build();
        metrics.Map(app);
        app.MapGet("/status", Answer(_ => source.StatusAsync()));
        app.MapGet("/inventory", Answer(context => source.InventoryAsync(context.RequestAborted)));
        app.MapPost("/imports/zero-os", Answer(context =>
            source.ImportAsync(context.Request.Query["folder"].ToString(), context.RequestAborted)));
        app.MapPost("/volumes/{owner}/files/{file}", Answer(context => WriteAsync(context.Request, source)));
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException e) when (options.MetricsAddress is not null)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Conflict,
                    $"Metrics cannot be offered at {options.MetricsAddress}: {e.Message}",
                    "Free that address, or configure another one."),
                e);
        }

        File.SetUnixFileMode(path, OwnerOnly);
        return app;
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

using System.Net;
using Provision.Explorer.Endpoints;
using Provision.Explorer.Feed;
using Provision.Explorer.Storage;
using Provision.Reservations.HttpSignatures;
using Provision.Reservations.Wire;
using Provision.Workloads;

namespace Provision.Explorer.Hosting;

/// <summary>The explorer behind HTTP.</summary>
internal static class ExplorerApp
{
    // A body a little too large is read to its end, so that its sender hears why it is refused; beyond this the connection is cut.
    private const long BodySizeMax = 4 * StrictJson.SizeMax;
    private const long ConnectionsMax = 10_000;
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(5);

    /// <summary>Composes the server; the caller starts it, and keeps the store until it has stopped.</summary>
    public static WebApplication Build(IStore store, TimeProvider time, IPEndPoint listen, IReadOnlyList<string> names)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopMax);
        builder.AddLog();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodySizeMax;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Listen(listen);
        });

        builder.Services.AddSingleton<LargeAnswers>();
        builder.Services.AddSingleton(services =>
            new ExplorerCore(store, time, WorkloadCatalog.All, services.GetRequiredService<ILogger<ExplorerCore>>()));
        var app = builder.Build();
        var core = app.Services.GetRequiredService<ExplorerCore>();
        app.Lifetime.ApplicationStopping.Register(core.StopWaiting);
        app.UseHostGuard(listen.Address);
        app.UseProblemAnswers();
        app.UseRequestSignatures(new RequestVerifier(time), names);
        var api = app.MapGroup("/api/v1");
        api.MapOrders(core);
        api.MapReservations(core);
        api.MapNodes(core);
        api.MapFarms(core);
        api.MapFeed(core);
        api.MapReceipts(core);
        api.MapHealth();
        return app;
    }
}

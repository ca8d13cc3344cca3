using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Provision.Agent.Status;

namespace Provision.Agent.Telemetry;

/// <summary><c>/metrics</c>: the engine's metrics as Prometheus reads them.</summary>
internal sealed class MetricsPage(StatusSource source, EngineMeters meters, Exporters exporters)
{
    private const string Path = "/metrics";

    private const int ConnectionsMax = 32;
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    // Who can reach a port of the machine is told the metrics, and no more.
    private static readonly object All = new();
    private long updated;

    /// <summary>Makes a listener one that answers for everything.</summary>
    public static void OfferAll(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Items[All] = true;
        return next(connection);
    });

    /// <summary>Makes a listener one of few connections: strangers must not take the files that the daemon works with.</summary>
    public static void Bound(ListenOptions listener)
    {
        var open = 0;
        listener.Use(next => async connection =>
        {
            try
            {
                if (Interlocked.Increment(ref open) <= ConnectionsMax)
                {
                    await next(connection);
                }
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        });
    }

    /// <summary>Adds the page, before any other.</summary>
    public void Map(IApplicationBuilder app)
    {
        app.Use(async (context, next) =>
        {
            var offersAll = context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(All) == true;
            if (context.Request.Path == Path)
            {
                await UpdateAsync(always: offersAll);
            }
            else if (!offersAll)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            await next(context);
        });
        app.UseOpenTelemetryPrometheusScrapingEndpoint(
            exporters.Metrics, predicate: null, Path, configureBranchedPipeline: null, optionsName: null);
    }

    // However often strangers ask, the engine is asked once a second.
    private async Task UpdateAsync(bool always)
    {
        var now = TimeProvider.System.GetTimestamp();
        if (always || TimeProvider.System.GetElapsedTime(Interlocked.Read(ref updated), now) > Age)
        {
            Interlocked.Exchange(ref updated, now);
            await source.UpdateAsync(meters);
        }
    }
}

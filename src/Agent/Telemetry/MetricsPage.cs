using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Provision.Agent.Status;

namespace Provision.Agent.Telemetry;

/// <summary><c>/metrics</c>: the engine's metrics as Prometheus reads them.</summary>
internal sealed class MetricsPage(StatusSource source, EngineMeters meters, Exporters exporters)
{
    private const string Path = "/metrics";

    // Who can reach a port of the machine is told the metrics, and no more.
    private static readonly object OnlyMetrics = new();

    /// <summary>Makes a listener one that answers for metrics and for nothing else.</summary>
    public static void OfferNothingElse(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Items[OnlyMetrics] = true;
        return next(connection);
    });

    /// <summary>Adds the page, before any other.</summary>
    public void Map(IApplicationBuilder app)
    {
        app.Use(async (context, next) =>
        {
            if (context.Request.Path == Path)
            {
                await source.UpdateAsync(meters);
            }
            else if (context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(OnlyMetrics) == true)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            await next(context);
        });
        app.UseOpenTelemetryPrometheusScrapingEndpoint(
            exporters.Metrics, predicate: null, Path, configureBranchedPipeline: null, optionsName: null);
    }
}

using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Provision.Provisioning.Telemetry;
using Provision.Reservations;

namespace Provision.Agent.Telemetry;

/// <summary>Where metrics and traces of the engine go: metrics to whoever asks, traces to the collector, if there is one.</summary>
internal sealed class Exporters : IDisposable
{
    // A collector that hangs must not keep the daemon from ending.
    private const int SendTimeMax = 3000;

    private readonly TracerProvider? traces;

    /// <summary>Begins to listen.</summary>
    /// <param name="node">Whose telemetry it is.</param>
    /// <param name="collector">Takes traces by OTLP over HTTP at <c>v1/traces</c> below this address; null: there is none.</param>
    public Exporters(NodeId node, Uri? collector)
    {
        var version = typeof(Exporters).Assembly.GetName().Version?.ToString(3);
        var origin = ResourceBuilder.CreateEmpty()
            .AddService("provisiond", serviceVersion: version, serviceInstanceId: node.ToString());
        Metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(origin)
            .AddMeter(EngineTelemetry.Name)
            .AddPrometheusExporter(options => (options.ScrapeResponseCacheDurationMilliseconds, options.ScopeInfoEnabled) = (0, false))
            .Build();
        traces = collector is null ? null : Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(origin)
            .AddSource(EngineTelemetry.Name)
            .AddOtlpExporter(options =>
            {
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
                options.Endpoint = TracesOf(collector);
                options.TimeoutMilliseconds = SendTimeMax;
            })
            .Build();
    }

    /// <summary>The metrics, for an endpoint.</summary>
    public MeterProvider Metrics { get; }

    /// <summary>Where a collector at this address takes traces.</summary>
    internal static Uri TracesOf(Uri collector) => new($"{collector.GetLeftPart(UriPartial.Path).TrimEnd('/')}/v1/traces{collector.Query}");

    /// <inheritdoc/>
    public void Dispose()
    {
        traces?.Shutdown(SendTimeMax);
        traces?.Dispose();
        Metrics.Dispose();
    }
}

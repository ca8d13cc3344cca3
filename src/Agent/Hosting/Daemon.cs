using Provision.Agent.Status;
using Provision.Agent.Systemd;
using Provision.Agent.Telemetry;
using Provision.Explorer.Client;
using Provision.Provisioning;
using Provision.Workloads;

namespace Provision.Agent.Hosting;

/// <summary>Puts a daemon together and runs it; all loops are the engine's.</summary>
internal static class Daemon
{
    /// <summary>Runs until cancelled. Call it on <paramref name="thread"/>.</summary>
    public static async Task RunAsync(AgentOptions options, EngineThread thread, TextWriter output, CancellationToken ct)
    {
        var readiness = new ReadinessSignal();
        using var stopping = ct.Register(readiness.SayStopping);
        using var logs = Logs.Create(options.LogLevel);
        MachineMaker.Prepare(options);
        var key = options.Data.LoadIdentity();
        using var hold = await MachineMaker.OpenAsync(options, key, ct);
        using var explorer = ExplorerClient.Create(options.Explorer, key);
        var setup = new EngineSetup(key, options.Farm, WorkloadCatalog.All, options.Engine, new Random(Environment.ProcessId), logs);
        var engine = await Engine.OpenAsync(hold.Machine, explorer, setup, ct);
        using var meters = new EngineMeters();
        using var exporters = new Exporters(engine.Ledger.Node, options.Collector);
        try
        {
            await Together.RunAsync(ct, engine.RunAsync, ServeStatusAsync);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Told to stop.
        }

        async Task ServeStatusAsync(CancellationToken stop)
        {
            var source = new StatusSource(thread, engine, hold);
            await using var socket = await StatusSocket.StartAsync(options, source, new MetricsPage(source, meters, exporters), stop);
            readiness.SayReady();
            await output.WriteLineAsync($"provisiond {engine.Ledger.Node} polls {options.Explorer}");
            await hold.Machine.Clock.Time.DelayAsync(Timeout.InfiniteTimeSpan, stop);
        }
    }
}

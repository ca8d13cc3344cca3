using Provision.Agent.Status;
using Provision.Agent.Systemd;
using Provision.Agent.Telemetry;
using Provision.Explorer.Client;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Workloads;

namespace Provision.Agent.Hosting;

/// <summary>Puts a daemon together and runs it; all loops are the engine's.</summary>
internal static partial class Daemon
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(10);

    /// <summary>Runs until cancelled. Call it on <paramref name="thread"/>.</summary>
    public static async Task RunAsync(AgentOptions options, EngineThread thread, CancellationToken ct)
    {
        // What a library looks for in the current folder must not be what a stranger put there.
        Environment.CurrentDirectory = "/";
        var readiness = new ReadinessSignal();
        using var stopping = ct.Register(readiness.SayStopping);
        var preparing = StatusSocket.PrepareAsync(options);
        MachineMaker.Prepare(options);
        var key = options.Data.LoadIdentity();
        using var hold = await MachineMaker.OpenAsync(options, key, ct);
        using var meters = new EngineMeters();
        using var exporters = new Exporters(new NodeId(key.PublicKey), options.Collector);
        await using var socket = await preparing;
        using var explorer = ExplorerClient.Create(options.Explorer, key);
        var setup = new EngineSetup(key, options.Farm, WorkloadCatalog.All, options.Engine, new Random(Environment.ProcessId), socket.Logs)
        {
            GotOn = readiness.SayAlive,
        };
        var engine = await Engine.OpenAsync(hold.Machine, explorer, setup, ct);
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
            await socket.ListenAsync(source, new MetricsPage(source, meters, exporters), stop);
            readiness.SayReady();
            LogReady(socket.Logs.CreateLogger(typeof(Daemon)), engine.Ledger.Node, options.Explorer);

            // At rest nothing is collected, and the garbage of the start would stay.
            await hold.Machine.Clock.Time.DelayAsync(StartTime, stop);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            await hold.Machine.Clock.Time.DelayAsync(Timeout.InfiniteTimeSpan, stop);
        }
    }

    [LoggerMessage(LogLevel.Information, "Node {Node} polls {Explorer}")]
    private static partial void LogReady(ILogger log, NodeId node, Uri explorer);
}

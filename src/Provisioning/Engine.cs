using Microsoft.Extensions.Logging;
using Provision.Machine;
using Provision.Provisioning.Admission;
using Provision.Provisioning.Expiry;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Needs;
using Provision.Provisioning.Reconciler;
using Provision.Provisioning.Reporting;
using Provision.Provisioning.Saga;
using Provision.Provisioning.Sources;
using Provision.Provisioning.Supervision;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;

namespace Provision.Provisioning;

/// <summary>
/// A node's engine: orders come in through the sources, the reconciler makes them true on the machine, the reporter says so. All of it
/// runs on the synchronization context it was started on, which must be of one thread: there are no locks.
/// </summary>
public sealed partial class Engine
{
    private readonly CombinedSource sources;
    private readonly Supervisor supervisor;
    private readonly Reconciler.Reconciler reconciler;
    private readonly Orphans orphans;
    private readonly ImageCollection images;
    private readonly NetworkMending mending;
    private readonly Registrar registrar;
    private readonly PollSource poll;
    private readonly Reporter reporter;
    private readonly Intake intake;
    private readonly FolderImport import;
    private readonly CapacityBook capacity;
    private readonly EngineOptions options;
    private readonly IReadOnlyList<IWorkloadModule> modules;
    private readonly IReadOnlyList<Lack> lacks;
    private readonly TimeProvider time;

    private Engine(IMachine machine, IExplorer explorer, Ledger ledger, EngineSetup setup)
    {
        time = machine.Clock.Time;
        Ledger = ledger;
        ledger.Lacking = machine.Lacking;
        lacks = Lack.All(machine.Lacking, setup.Modules);
        (options, modules) = (setup.Options, setup.Modules);
        var backoff = new Backoff(options, setup.Random);
        capacity = new CapacityBook(ledger, machine, options.Policy);
        import = new FolderImport(ledger, machine, options.Policy);
        intake = new Intake(ledger, machine, capacity, options, setup.Logs.CreateLogger<Intake>());
        registrar = new Registrar(explorer, ledger, capacity, Register, time, backoff, setup.Logs.CreateLogger<Registrar>());
        poll = new PollSource(
            explorer, intake, ledger, registrar, setup.GotOn, time, options, backoff, setup.Logs.CreateLogger<PollSource>());
        sources = new CombinedSource(poll, new ExpirySource(ledger, machine.Clock, options), new NeedSource(ledger, time));
        var restarts = new Backoff(
            options with { RetryDelay = options.RestartDelay, RetryDelayMax = options.RestartDelayMax }, setup.Random);
        supervisor = new Supervisor(machine, ledger, options, restarts, setup.Logs.CreateLogger<Supervisor>());
        reconciler = new Reconciler.Reconciler(
            machine, ledger, supervisor, options, backoff, setup.Logs.CreateLogger<SagaRunner>());
        reporter = new Reporter(explorer, ledger, time, backoff, setup.Logs.CreateLogger<Reporter>());
        orphans = new Orphans(machine, ledger, setup.Logs.CreateLogger<Orphans>());
        images = new ImageCollection(machine, options, setup.Logs.CreateLogger<ImageCollection>());
        mending = new NetworkMending(machine, options, setup.Logs.CreateLogger<NetworkMending>());

        NodeRegistration Register() => new NodeRegistration
        {
            Node = ledger.Node,
            Farm = setup.Farm,
            Kinds = string.Join(' ', Offered),
            Created = machine.Clock.Time.GetUtcNow(),
            Offer = capacity.ReadOffer(),
        }.Sign(setup.Key);
    }

    /// <summary>What the node knows.</summary>
    public Ledger Ledger { get; }

    private IReadOnlyList<string> Offered =>
    [
        .. modules.Where(module => Ledger.FindLack(module) is null).Select(module => module.Kind).Where(options.Policy.Offers),
    ];

    /// <summary>Reads the journal; the machine is touched by <see cref="RunAsync"/> only.</summary>
    /// <exception cref="FaultException">
    /// The policy is not valid, the journal's disk does not answer, or a later version wrote the journal.
    /// </exception>
    public static async Task<Engine> OpenAsync(IMachine machine, IExplorer explorer, EngineSetup setup, CancellationToken ct)
    {
        var problems = setup.Options.Policy.Check([.. setup.Modules.Select(module => module.Kind)]).ToList();
        if (problems.Count > 0)
        {
            throw new FaultException(Fault.Invalid("The policy is not valid", problems));
        }

        var ledger = await Ledger.OpenAsync(
            machine.Disk, setup.Modules, setup.Key, machine.Clock, setup.Logs.CreateLogger<JournalWriter>(), ct);
        var engine = new Engine(machine, explorer, ledger, setup);
        foreach (var lack in engine.lacks)
        {
            LogLack(setup.Logs.CreateLogger<Engine>(), string.Join(", ", lack.Kinds), lack.Fault);
        }

        return engine;
    }

    /// <summary>Runs until cancelled; then hands finish the step they are in. Nothing on the machine is taken away.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; everything that was written is durable.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await Together.RunAsync(
                ct, sources.RunAsync, supervisor.RunAsync, reconciler.RunAsync, reporter.RunAsync, mending.RunAsync, CleanAsync);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await Ledger.Durable;
            throw;
        }
    }

    /// <summary>Takes up what a node of Zero-OS v0.2.1 kept; ends when it is durable. A report for each file, in their order.</summary>
    /// <exception cref="FaultException">The machine could not be asked for its pools: nothing was taken.</exception>
    public Task<IReadOnlyList<ImportedFile>> ImportAsync(IReadOnlyList<FolderFile> files, CancellationToken ct) =>
        import.TakeAsync(files, ct);

    /// <summary>How things stand now.</summary>
    public EngineStatus Status() => new()
    {
        Node = Ledger.Node,
        AcceptsVersion1 = options.AcceptsVersion1,
        Policy = options.Policy,
        Offered = Offered,
        Capacity = capacity.Read(),
        Lacking = lacks,
        Counters = Counters.Of(Ledger.Workloads),
        Cursor = Ledger.Cursor,
        SinceGoodPoll = poll.LastGoodPoll is { } last ? time.GetElapsedTime(last) : null,
        ReceiptsWaiting = reporter.Waiting,
        InHand = reconciler.Load.Held,
        Ready = reconciler.Load.Ready,
        SetAside = [.. Ledger.SetAside.Keys],
        Unexplained = orphans.Unexplained,
        Mended = mending.Last,
        Troubles =
        [
            .. new[] { poll.Trouble, registrar.Trouble, reporter.Trouble, Ledger.DiskTrouble }.OfType<Fault>(),
            .. reporter.Refusals,
            .. mending.Troubles,
            .. Ledger.Reports,
            .. intake.Rejections,
        ],
        Workloads =
        [
            .. from workload in Ledger.Workloads
               where !workload.State.Closed
               select WorkloadStatus.Of(workload, NeedRules.Next(Ledger, workload)),
        ],
    };

    [LoggerMessage(LogLevel.Warning, "The node runs without {Kinds}: {Fault}")]
    private static partial void LogLack(ILogger log, string kinds, Fault fault);

    private async Task CleanAsync(CancellationToken ct)
    {
        await orphans.SweepAsync(ct);
        await images.RunAsync(ct);
    }
}

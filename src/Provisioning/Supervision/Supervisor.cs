using System.Globalization;
using System.Numerics;
using Microsoft.Extensions.Logging;
using Provision.Machine;
using Provision.Machine.Containers;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Saga;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Supervision;

/// <summary>
/// Keeps containers running. What the machine tells of ends only raises a doubt: the hand that holds the workload asks the machine what
/// is true, has it ensured again after a while that grows, and says that it lives again only when it has run for as long.
/// </summary>
public sealed partial class Supervisor
{
    private readonly IMachine machine;
    private readonly Ledger ledger;
    private readonly EngineOptions options;
    private readonly Backoff backoff;
    private readonly ILogger<Supervisor> log;

    /// <summary>Doubts everything that lived under an earlier daemon.</summary>
    /// <param name="machine">Has the containers.</param>
    /// <param name="ledger">Has the orders.</param>
    /// <param name="options">What can be chosen.</param>
    /// <param name="backoff">Waits from <see cref="EngineOptions.RestartDelay"/> to <see cref="EngineOptions.RestartDelayMax"/>.</param>
    /// <param name="log">Where ends are told.</param>
    public Supervisor(IMachine machine, Ledger ledger, EngineOptions options, Backoff backoff, ILogger<Supervisor> log)
    {
        this.machine = machine;
        this.ledger = ledger;
        this.options = options;
        this.backoff = backoff;
        this.log = log;
        foreach (var workload in ledger.Workloads.Where(IsWatched))
        {
            (workload.Watch!.Told, workload.Watch.Expected) = (1, true);
        }
    }

    /// <summary>Raised when a workload should be looked at.</summary>
    public event Action<Workload>? Doubted;

    /// <summary>Listens to the machine until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        for (var failures = 0; ;)
        {
            try
            {
                Doubt(ledger.Find(await machine.Containers.NextEndAsync(ct)));
                failures = 0;
            }
            catch (FaultException e)
            {
                // What ended meanwhile may never be told.
                failures++;
                LogDeaf(e.Fault.Brief);
                await machine.Clock.Time.DelayAsync(backoff.After(failures), ct);
                ledger.Workloads.Where(IsWatched).ToList().ForEach(Doubt);
            }
        }
    }

    /// <summary>True when <see cref="LookAsync"/> has to be asked before anything else is done. For the hand of the workload.</summary>
    public bool Doubts(Workload workload)
    {
        if (!IsWatched(workload))
        {
            return false;
        }

        var watch = workload.Watch!;
        if (workload.Ensured >= workload.State.Steps && !watch.Expected)
        {
            (watch.Expected, watch.Since) = (true, machine.Clock.SinceBoot);
        }

        return watch.Told != watch.Looked;
    }

    /// <summary>What the machine says of the container; null: it is not there.</summary>
    /// <exception cref="FaultException">The machine does not answer.</exception>
    public async ValueTask<Container?> LookAsync(Workload workload, CancellationToken ct)
    {
        var watch = workload.Watch!;
        var told = watch.Told;
        var container = await machine.Containers.FindAsync(workload.Digest, ct);
        watch.Looked = told;
        return container;
    }

    /// <summary>Takes what <see cref="LookAsync"/> saw. An end that was not known is said, and has the workload ensured again.</summary>
    public void Judge(Workload workload, Container? seen)
    {
        if (!IsWatched(workload))
        {
            return;
        }

        var watch = workload.Watch!;
        watch.Restarts = seen?.Restarts ?? 0;
        if (seen is { Runs: true })
        {
            if (watch.Since is null)
            {
                LogAdopted(workload.Digest);
                watch.Since = machine.Clock.SinceBoot;
            }
        }
        else if (watch.Expected)
        {
            End(workload, watch, seen?.End);
        }
    }

    /// <summary>How long the workload has to be left alone before this move may be made; null: it may be made now.</summary>
    public TimeSpan? Hold(Workload workload, Move next)
    {
        if (!IsWatched(workload))
        {
            return null;
        }

        var (watch, now) = (workload.Watch!, machine.Clock.SinceBoot);
        var until = next switch
        {
            Move.Do => watch.NotBefore,
            Move.GoLive => (watch.Since ?? now) + (watch.Delay > options.RestartProof ? watch.Delay : options.RestartProof),
            _ => now,
        };
        if (until <= now)
        {
            return null;
        }

        // Before it is said to live, the machine is asked once more.
        watch.Told += next is Move.GoLive ? 1 : 0;
        return until - now;
    }

    private static bool IsWatched(Workload workload) => workload is { Watch: not null, State: { Live: true, Unwinding: false } };

    private void Doubt(Workload? workload)
    {
        if (workload?.Watch is { } watch)
        {
            watch.Told++;
            if (IsWatched(workload))
            {
                Doubted?.Invoke(workload);
            }
        }
    }

    private void End(Workload workload, Watch watch, ContainerEnd? end)
    {
        var now = machine.Clock.SinceBoot;
        var rebooted = end is { Cause: EndCause.Rebooted };
        var settled = watch.Since is { } since && now - since >= options.RestartSettle;
        watch.Ends = rebooted ? 0 : settled ? 1 : watch.Ends + 1;
        watch.Delay = rebooted ? TimeSpan.Zero : backoff.After(watch.Ends);
        watch.NotBefore = now + watch.Delay;
        (watch.Expected, watch.Since) = (false, null);
        workload.Ensured = 0;
        var fault = Describe(end, watch);
        workload.Trouble = fault;
        LogEnded(workload.Digest, fault.What);

        // A container that ends over and over must not fill the journal: while it is degraded, only the 2nd, 4th, 8th end is said.
        var broken = workload.State.Degraded;
        if (broken is null || (broken.What != fault.What && (rebooted || BitOperations.IsPow2(watch.Ends))))
        {
            _ = ledger.AppendAsync(workload, new Entry.Degraded(fault, ledger.Answer(workload, ReceiptState.Degraded, fault)));
        }
    }

    private static Fault Describe(ContainerEnd? end, Watch watch)
    {
        var how = end?.ToString() ?? "it is not there any more";
        var then = end is { Cause: EndCause.Rebooted }
            ? "it is started again"
            : string.Create(CultureInfo.InvariantCulture, $"restart {watch.Restarts + 1} in {watch.Delay.TotalSeconds:0} s");
        return new Fault(FaultCode.Unavailable, $"{how}; {then}", "It is started again for as long as its lease runs.");
    }

    [LoggerMessage(LogLevel.Information, "{Order}: its container runs and is adopted")]
    private partial void LogAdopted(Digest order);

    [LoggerMessage(LogLevel.Warning, "{Order}: {End}")]
    private partial void LogEnded(Digest order, string end);

    [LoggerMessage(LogLevel.Warning, "The machine does not tell which containers end: {Fault}")]
    private partial void LogDeaf(string fault);
}

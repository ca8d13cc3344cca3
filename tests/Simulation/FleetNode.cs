using Provision.Machine.Simulated;
using Provision.Machine.Simulated.Faults;
using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Provisioning.Sources;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Workloads;
using Provision.Workloads.Conformance;

namespace Provision.Simulation;

/// <summary>A node: a machine that stays, and daemons that come and go on it.</summary>
public sealed class FleetNode : IMachineObserver
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(2);

    private readonly KeyPair key;
    private readonly FaultModel faults;
    private readonly Random random;
    private readonly Trace trace;
    private bool dead;

    /// <summary>A node with one pool.</summary>
    public FleetNode(byte number, TimeProvider time, FaultModel faults, Random random, Trace trace)
    {
        key = Actors.Key((byte)(100 + number));
        Name = $"node{number}";
        this.faults = faults;
        this.random = random;
        this.trace = trace;
        Machine = new SimulatedMachine(time, [new Pool("default", DiskType.Ssd, ByteSize.GiB(8), ByteSize.Zero)], random);
    }

    /// <summary>For the trace.</summary>
    public string Name { get; }

    /// <summary>The node's id.</summary>
    public NodeId Id => new(key.PublicKey);

    /// <summary>The machine.</summary>
    public SimulatedMachine Machine { get; }

    /// <summary>Effects that came before their reason was durable. Kept for the end, because a step's exceptions are contained.</summary>
    public IList<string> Violations { get; } = [];

    /// <summary>How often a daemon died.</summary>
    public int Deaths { get; private set; }

    /// <summary>Runs daemons one after the other until cancelled.</summary>
    public async Task RunAsync(IExplorer explorer, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            dead = false;
            try
            {
                var options = new EngineOptions { Grace = TimeSpan.FromMinutes(2) };
                var setup = Actors.Setup(options, WorkloadCatalog.All) with { Key = key, Random = random };
                var engine = await Engine.OpenAsync(new ObservedMachine(Machine, this), explorer, setup, ct);
                foreach (var report in engine.Ledger.Reports)
                {
                    trace.Add(Name, $"report: {report}");
                }

                await engine.RunAsync(ct);
            }
            catch (CrashException)
            {
                Die();
            }
            catch (FaultException e)
            {
                // A disk that does not answer at the start ends the daemon; its supervisor starts it again.
                trace.Add(Name, $"did not start: {e.Fault}");
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }

            await Machine.Clock.Time.DelayAsync(RestartDelay, ct);
        }
    }

    /// <inheritdoc/>
    public ValueTask BeforeAsync(MachineCall call)
    {
        if (call.Effect)
        {
            trace.Add(Name, call.ToString());
            if (call.Port == "storage" && !dead && !Witness.Sees(Machine.Disk, call))
            {
                Violations.Add($"{call} has no durable reason");
            }
        }

        return Meddle(call, "before");
    }

    /// <inheritdoc/>
    public ValueTask AfterAsync(MachineCall call) => Meddle(call, "after");

    private ValueTask Meddle(MachineCall call, string moment)
    {
        dead |= faults.DrawCrash(call);
        if (dead)
        {
            return ValueTask.FromException(new CrashException(call));
        }

        faults.Strike($"{call.Port} {call.Verb} failed {moment} its effect");
        return ValueTask.CompletedTask;
    }

    private void Die()
    {
        Deaths++;
        if (random.Next(3) == 0)
        {
            trace.Add(Name, "power failure");
            Machine.PowerFailure(random);
        }
        else
        {
            trace.Add(Name, "daemon died");
            Machine.DaemonDies();
        }
    }
}

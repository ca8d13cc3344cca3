using Provision.Machine.Containers;
using Provision.Machine.Images;
using Provision.Machine.Simulated;
using Provision.Machine.Simulated.Faults;
using Provision.Machine.Simulated.Images;
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
        Machine.Images.Local.Add(Image, new SimulatedImage());
    }

    /// <summary>The image that every node has.</summary>
    public static ImageReference Image { get; } = new(LocalImages.Scheme, "fleet", Digest.Of("fleet"u8));

    /// <summary>For the trace.</summary>
    public string Name { get; }

    /// <summary>The node's id.</summary>
    public NodeId Id => new(key.PublicKey);

    /// <summary>The machine.</summary>
    public SimulatedMachine Machine { get; }

    /// <summary>
    /// Effects that came before their reason was durable, or took away what was in use, and words that were not true. Kept for the
    /// end, because a step's exceptions are contained.
    /// </summary>
    public IList<string> Violations { get; } = [];

    /// <summary>How often a daemon died.</summary>
    public int Deaths { get; private set; }

    /// <summary>How often it tried to start a container.</summary>
    public int Starts { get; private set; }

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

    /// <summary>One of its containers ends by itself, if any runs.</summary>
    public void EndOne()
    {
        var running = Containers().Where(container => container.Runs).ToList();
        if (running.Count > 0)
        {
            var owner = running[random.Next(running.Count)].Owner;
            trace.Add(Name, $"container {owner.Short} ends");
            Machine.Containers.End(owner, random.Next(256));
        }
    }

    /// <summary>Holds what the node is about to say against its machine.</summary>
    public void Check(Receipt receipt)
    {
        if (receipt.State == ReceiptState.Deleted && Containers().Any(container => container.Owner == receipt.Reservation))
        {
            Violations.Add($"{receipt.Reservation.Short} is said to be gone and has a container");
        }
    }

    /// <inheritdoc/>
    public ValueTask BeforeAsync(MachineCall call)
    {
        if (call.Effect)
        {
            trace.Add(Name, call.ToString());
            Starts += call is { Port: "containers", Verb: "ensure" } && !dead ? 1 : 0;
            if (call is { Port: "storage" or "networks" or "containers", Verb: not "mend" } && !dead && !Witness.Sees(Machine.Disk, call))
            {
                Violations.Add($"{call} has no durable reason");
            }

            if (call is { Port: "storage", Verb: "remove" } && !dead && Containers().Any(container => Uses(container, call.Subject)))
            {
                Violations.Add($"{call} is from under a container");
            }

            if (call is { Port: "networks", Verb: "release" } && !dead && IsLastHold(call.Subject))
            {
                Violations.Add($"{call} is from under the network's members");
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

    private IReadOnlyList<Container> Containers() =>
        Machine.Containers.ListAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private bool IsLastHold(string subject) =>
        Machine.Networks.ListAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult().Any(network =>
            network is { Holders: [var holder], Members.Count: > 0 } && subject == $"{network.Id}/{holder}");

    private bool Uses(Container container, string volume) =>
        Machine.Containers.FindOrder(container.Owner) is { } order
        && order.Mounts.Select(mount => mount.Volume).Append(order.Root).Any(name => name.ToString() == volume);

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

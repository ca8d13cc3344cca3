using Provision.Machine.Images;
using Provision.Machine.Simulated;
using Provision.Machine.Simulated.Faults;
using Provision.Machine.Simulated.Images;
using Provision.Machine.Simulated.Time;
using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Provisioning.Sources;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Simulation.Checkers;
using Provision.Simulation.Faults;
using Provision.Workloads;
using Provision.Workloads.Conformance;

namespace Provision.Simulation;

/// <summary>A node: a machine that stays, and daemons that come and go on it.</summary>
public sealed class FleetNode
{
    /// <summary>How long data is kept.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(2);

    private readonly KeyPair key;
    private readonly VirtualTime time;
    private readonly FaultModel faults;
    private readonly Random random;
    private readonly Trace trace;
    private readonly HashSet<string> lied = new(StringComparer.Ordinal);
    private bool isOver;
    private bool isMarked;

    /// <summary>A node with one pool.</summary>
    public FleetNode(byte number, VirtualTime time, FaultModel faults, Random random, Trace trace)
    {
        key = Actors.Key((byte)(100 + number));
        Name = $"node{number}";
        (this.time, this.faults, this.random, this.trace) = (time, faults, random, trace);
        Machine = new SimulatedMachine(time, [new Pool("default", DiskType.Ssd, ByteSize.GiB(8), ByteSize.Zero)], random);
        Machine.Images.Local.Add(Image, new SimulatedImage());
        Journal = new DurableJournal(Machine.Disk);
        Damage = new JournalDamage(this, random);
    }

    /// <summary>The image that every node has.</summary>
    public static ImageReference Image { get; } = new(LocalImages.Scheme, "fleet", Digest.Of("fleet"u8));

    /// <summary>For the trace.</summary>
    public string Name { get; }

    /// <summary>The node's id.</summary>
    public NodeId Id => new(key.PublicKey);

    /// <summary>The machine.</summary>
    public SimulatedMachine Machine { get; }

    /// <summary>Its way to the explorer.</summary>
    public NodeLink Link { get; } = new();

    /// <summary>What a power failure would leave of its journal.</summary>
    public DurableJournal Journal { get; }

    /// <summary>What was done to its journal.</summary>
    public JournalDamage Damage { get; }

    /// <summary>The daemon that runs, or ran last.</summary>
    public Daemon? Daemon { get; private set; }

    /// <summary>How often a daemon died.</summary>
    public int Deaths { get; private set; }

    /// <summary>How often one tried to start a container.</summary>
    public int Starts { get; private set; }

    /// <summary>The highest number of a receipt that it sent.</summary>
    public long LastReceipt { get; set; }

    /// <summary>True when something is not as the journal says, and only a daemon that starts will see it.</summary>
    public bool NeedsStart { get; set; }

    /// <summary>True when its wall clock was ahead at some time.</summary>
    public bool WasAhead { get; private set; }

    /// <summary>
    /// True when it was booted then or later, or the wall clock was first written down then: leases may have ended early since.
    /// </summary>
    public bool BootedAhead { get; private set; }

    /// <summary>Runs daemons one after the other until <see cref="End"/>.</summary>
    public async Task RunAsync(IExplorer explorer, Pump pump, Checks checks)
    {
        var options = new EngineOptions
        {
            Grace = Grace,
            StepDeadline = Daemon.Deadline,
            RestartDelayMax = TimeSpan.FromSeconds(30),
        };
        var setup = Actors.Setup(options, WorkloadCatalog.All) with { Key = key, Random = random };
        while (!isOver)
        {
            Daemon = new Daemon(this, pump, faults, checks);
            await Daemon.RunAsync(explorer, setup);
            await time.DelayAsync(RestartDelay, CancellationToken.None);
            if (Daemon.IsDead)
            {
                // In the rest of the turn in which it was killed it may have asked to be told of ends.
                Machine.DaemonDies();
            }
        }
    }

    /// <summary>The daemon is asked to stop, and is the last.</summary>
    public void End()
    {
        isOver = true;
        Daemon!.Stop();
    }

    /// <summary>Adds to the trace.</summary>
    public void Note(string what) => trace.Add(Name, what);

    /// <summary>A call of the machine is about to be made.</summary>
    public void Begins(MachineCall call)
    {
        if (call.Effect)
        {
            Note(call.ToString());
            Starts += call is { Port: "containers", Verb: "ensure" } ? 1 : 0;
        }
    }

    /// <summary>A daemon wrote down what the clocks say: how the wall clock was set after that changes nothing in this boot.</summary>
    public void Marked() => isMarked = true;

    /// <summary>The machine says that it did this, and did not.</summary>
    public void LiedAbout(MachineCall call)
    {
        Note($"lies: {call}");
        lied.UnionWith(call.Port == "images" ? ["images"] : call.Subject.Split('/'));
        NeedsStart = true;
    }

    /// <summary>True when the machine said of something of this owner that it did what it did not.</summary>
    public bool Lied(Digest owner) => lied.Contains(owner.ToString());

    /// <summary>True when the machine said of somebody's part in this network that it did what it did not.</summary>
    public bool Lied(NetworkId network) => lied.Contains(network.ToString());

    /// <summary>True when the machine lied about holds of images.</summary>
    public bool LiedAboutImages => lied.Contains("images");

    /// <summary>The daemon is killed, and nothing else.</summary>
    public void Kill()
    {
        Deaths++;
        Daemon!.Kill();
        Note("daemon killed");
        Machine.DaemonDies();
    }

    /// <summary>The power fails and comes back.</summary>
    public void FailPower()
    {
        Kill();
        var before = Files();
        Machine.PowerFailure(random);
        Note("power failure");
        BootedAhead |= WasAhead;
        isMarked = false;
        var after = Files();
        if (before.Any(file => file.Value.Length > after.GetValueOrDefault(file.Key, []).Length))
        {
            faults.Count(FaultKinds.Unflushed);
        }

        if (after.Any(file => file.Value is [.., not (byte)'\n']))
        {
            faults.Count(FaultKinds.Torn);
        }

        Journal.Read();
    }

    /// <summary>The kernel forgets what it could not write.</summary>
    public void LoseUnflushed(string file) => Machine.Disk.LoseUnflushed(file, random);

    /// <summary>The daemon stands still.</summary>
    public void Pause() => Daemon!.Pause();

    /// <summary>The daemon goes on.</summary>
    public void Resume() => Daemon!.Resume();

    /// <summary>So many bytes are left for the journal.</summary>
    public void FillDisk(int left) => Machine.Disk.Capacity = new ByteSize(Files().Values.Sum(file => (long)file.Length) + left);

    /// <summary>There is room again.</summary>
    public void FreeDisk() => Machine.Disk.Capacity = new ByteSize(1L << 40);

    /// <summary>The wall clock is set wrong.</summary>
    public void StepWall(TimeSpan by)
    {
        Machine.Clock.StepWall(by);
        WasAhead |= by > TimeSpan.Zero;
        BootedAhead |= by > TimeSpan.Zero && !isMarked;
    }

    /// <summary>The wall clock stands still.</summary>
    public void FreezeWall() => Machine.Clock.FreezeWall();

    /// <summary>The wall clock is right and goes.</summary>
    public void SetWallRight() => Machine.Clock.SetWallRight();

    private Dictionary<string, byte[]> Files() => Machine.Disk.Files.ToDictionary(
        file => file, file => Belongings.Now(Machine.Disk.ReadAsync(file, CancellationToken.None).AsTask()));
}

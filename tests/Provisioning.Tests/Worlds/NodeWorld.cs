using Provision.Machine;
using Provision.Machine.Containers;
using Provision.Machine.Images;
using Provision.Machine.Simulated;
using Provision.Machine.Simulated.Faults;
using Provision.Machine.Simulated.Images;
using Provision.Machine.Simulated.Time;
using Provision.Machine.Storage;
using Provision.Provisioning.Journal;
using Provision.Reservations;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Worlds;

/// <summary>One node under test: a simulated machine, an explorer, a thread of virtual time, and one daemon after the other.</summary>
public sealed class NodeWorld : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromHours(48);
    public static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    private CancellationTokenSource? stop;
    private Task? daemon;

    public NodeWorld(params IReadOnlyList<IWorkloadModule> modules)
    {
        Modules = modules.Count > 0 ? modules : [VolumeStory.Module];
        Time = new VirtualTime(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
        Pump = new Pump(Time);
        Explorer = new LyingExplorer(Time);
        Machine = new SimulatedMachine(Time, [new Pool("flash", DiskType.Ssd, ByteSize.GiB(10), ByteSize.Zero)], new Random(1));
        Machine.Images.Local.Add(Image, new SimulatedImage());
    }

    /// <summary>How often an engine said that it got on.</summary>
    public int Rounds { get; private set; }

    /// <summary>An image that has every program.</summary>
    public static ImageReference Image { get; } = new(LocalImages.Scheme, "all", Digest.Of("all"u8));

    public IReadOnlyList<IWorkloadModule> Modules { get; }

    public EngineOptions Options { get; set; } = new();

    public VirtualTime Time { get; }

    public Pump Pump { get; }

    public SimulatedMachine Machine { get; }

    public LyingExplorer Explorer { get; }

    /// <summary>Sees, or spoils, every call of the machine by the daemons started from now on.</summary>
    public IMachineObserver? Observer { get; set; }

    public Engine Engine { get; private set; } = null!;

    public DateTimeOffset Now => Machine.Clock.Time.GetUtcNow();

    /// <summary>Opens an engine and lets it run.</summary>
    public NodeWorld Start()
    {
        Invariants();
        IMachine machine = Observer is null ? Machine : new ObservedMachine(Machine, Observer);
        var setup = Actors.Setup(Options, Modules) with { GotOn = () => Rounds++ };
        Pump.Run(async () => Engine = await Engine.OpenAsync(machine, Explorer, setup, CancellationToken.None), Limit);
        stop = new CancellationTokenSource();
        var ct = stop.Token;
        Pump.Post(_ => daemon = Engine.RunAsync(ct), null);
        return this;
    }

    /// <summary>Ends the daemon in peace.</summary>
    public void Stop()
    {
        stop!.Cancel();
        Assert.True(Pump.Run(() => daemon is { IsCompleted: true }, Limit), "The daemon did not end.");
        Assert.True(daemon!.IsCanceled, $"The daemon ended by itself: {daemon.Exception}");
        daemon = null;
        Machine.DaemonDies();
        stop.Dispose();
        stop = null;
    }

    public void Restart()
    {
        Stop();
        Start();
    }

    /// <summary>The power fails and a daemon starts in the boot that follows.</summary>
    public void Reboot()
    {
        Stop();
        Machine.PowerFailure(new Random(3));
        Start();
    }

    public void Until(Func<bool> reached, TimeSpan? limit = null)
    {
        Assert.True(Pump.Run(() => reached() || daemon is { IsCompleted: true }, limit ?? Limit), "It did not come to that in time.");
        Assert.False(daemon is { IsCompleted: true }, $"The daemon ended by itself: {daemon?.Exception}");
    }

    /// <summary>Lets this much time pass; <paramref name="span"/> counts from now.</summary>
    public void Pass(TimeSpan span)
    {
        var end = Time.Elapsed + span;
        using var timer = Time.CreateTimer(static _ => { }, null, span, Timeout.InfiniteTimeSpan);
        Until(() => Time.Elapsed >= end);
    }

    public Reservation Volume(int number, long gib = 1, TimeSpan? lease = null) =>
        Actors.Reserve(number, "volume", CanonicalJson.Of($$"""{"size":{{gib}},"type":"SSD"}"""), Now, lease ?? Lease);

    public Reservation Container(
        int number, string entrypoint = "sleep 1", Reservation? volume = null, TimeSpan? lease = null) => Actors.Reserve(
        number,
        "container",
        CanonicalJson.Of($$"""
            {"flist":"{{Image}}","entrypoint":"{{entrypoint}}",
            "mounts":[{{(volume is null ? "" : $$"""{"volume_id":"{{volume.ComputeDigest()}}","mountpoint":"/data"}""")}}]}
            """),
        Now,
        lease ?? Lease);

    public Reservation Network(int number, string subnet = "10.1.1.0/24", TimeSpan? lease = null, string name = "web") => Actors.Reserve(
        number, "network", CanonicalJson.Of($$"""{"name":"{{name}}","net_resources":[{"subnet":"{{subnet}}"}]}"""), Now, lease ?? Lease);

    /// <summary>A container in a network.</summary>
    public Reservation Member(int number, string ips = "", TimeSpan? lease = null, string name = "web") => Actors.Reserve(
        number,
        "container",
        CanonicalJson.Of($$"""{"flist":"{{Image}}","entrypoint":"sleep 1","network":{"network_id":"{{name}}","ips":[{{ips}}] } }"""),
        Now,
        lease ?? Lease);

    public Reservation Order(int number, string kind = "script", TimeSpan? lease = null) =>
        Actors.Reserve(number, kind, CanonicalJson.Of("{}"), Now, lease ?? Lease);

    /// <summary>An order of a script that builds on others.</summary>
    public Reservation Upper(int number, params IEnumerable<Reservation> needs) => Actors.Reserve(
        number,
        "upper",
        CanonicalJson.Of($$"""{"needs":[{{string.Join(',', needs.Select(need => $"\"{need.ComputeDigest()}\""))}}]}"""),
        Now,
        Lease);

    /// <summary>An order of a script that provides or uses a shared thing of this name.</summary>
    public Reservation Share(int number, string verb, string thing = "sort/thing", TimeSpan? lease = null) => Actors.Reserve(
        number, verb == "uses" ? "upper" : "script", CanonicalJson.Of($$"""{"{{verb}}":"{{thing}}"}"""), Now, lease ?? Lease);

    /// <summary>Keeps orders at the explorer, and returns the first.</summary>
    public T Post<T>(T first, params IReadOnlyList<Order> more)
        where T : Order
    {
        Explorer.Inner.Post(first);
        foreach (var order in more)
        {
            Explorer.Inner.Post(order);
        }

        return first;
    }

    public WorkloadStatus StatusOf(Order order) =>
        Engine.Status().Workloads.Single(status => status.Digest == order.ComputeDigest());

    public Workload? Find(Order order) => Engine.Ledger.Find(order.ComputeDigest());

    /// <summary>The states that the explorer was told of an order, oldest first.</summary>
    public IReadOnlyList<ReceiptState> StatesOf(Reservation order) =>
        [.. Explorer.Inner.ReceiptsOf(order.ComputeDigest()).Select(receipt => receipt.State)];

    public Receipt FirstReceipt(Reservation order) => Explorer.Inner.ReceiptsOf(order.ComputeDigest())[0];

    public Receipt LastReceipt(Reservation order) => Explorer.Inner.ReceiptsOf(order.ComputeDigest())[^1];

    public bool Told(Reservation order, ReceiptState state) => StatesOf(order).LastOrDefault((ReceiptState)(-1)) == state;

    public IReadOnlyList<Volume> Volumes()
    {
        IReadOnlyList<Volume> volumes = [];
        Pump.Run(async () => volumes = await Machine.Storage.ListVolumesAsync(CancellationToken.None), Limit);
        return volumes;
    }

    public bool HasVolume(Reservation order) => Volumes().Any(volume => volume.Name.Owner == order.ComputeDigest());

    public IReadOnlyList<Container> Containers()
    {
        IReadOnlyList<Container> containers = [];
        Pump.Run(async () => containers = await Machine.Containers.ListAsync(CancellationToken.None), Limit);
        return containers;
    }

    /// <summary>The journal on the disk, as a start would read it.</summary>
    public JournalContents ReadJournal()
    {
        JournalContents contents = new();
        Pump.Run(async () => contents = await JournalReader.ReadAsync(Machine.Disk, CancellationToken.None), Limit);
        return contents;
    }

    /// <summary>The whole lines on the disk now, read without the pump: also from inside a call.</summary>
    public IReadOnlyList<JournalLine> ReadSegments() =>
    [
        .. Machine.Disk.ListAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()
            .Select(file => Machine.Disk.ReadAsync(file, CancellationToken.None).AsTask().GetAwaiter().GetResult())
            .SelectMany(content => JournalReader.SplitLines(content))
            .Where(line => JournalLine.IsWhole(line.Span))
            .Select(JournalLine.Read),
    ];

    /// <summary>Adds an entry to the journal on the disk, as a daemon wrote it that died before it could write more.</summary>
    public void Append(Order order, Entry entry)
    {
        var lines = ReadSegments();
        var number = lines.Count(line => line.Order == order.ComputeDigest()) + 1;
        Machine.Disk.Overwrite(
            Segments.NameOf(1),
            [.. lines.Append(new JournalLine(order.ComputeDigest(), number, Now, entry)).SelectMany(line => line.ToBytes())]);
    }

    /// <summary>The names of an order's entries on the disk.</summary>
    public IReadOnlyList<string> EntriesOf(Order order) =>
        [.. ReadJournal().Orders.GetValueOrDefault(order.ComputeDigest(), []).Select(EntryJson.NameOf)];

    public void Dispose()
    {
        if (stop is not null)
        {
            stop.Cancel();
            Pump.Run(() => daemon is { IsCompleted: true }, Limit);
            stop.Dispose();
        }

        Invariants();
    }

    private void Invariants()
    {
        Assert.Empty(Pump.Strays);
        Assert.Empty(Explorer.Inner.Contradictions);
    }
}

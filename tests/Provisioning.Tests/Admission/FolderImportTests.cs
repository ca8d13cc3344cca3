using System.Text;
using Provision.Provisioning.Admission;
using Provision.Provisioning.Sources;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Reservations.Wire.ZeroOs;
using Provision.Workloads;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Admission;

/// <summary>What a node of Zero-OS kept, in the hands of ours; and orders of its scheme that come by the feed.</summary>
public sealed class FolderImportTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly NodeWorld world = new(WorkloadCatalog.All);
    private readonly ZeroOsReservation volume;

    public FolderImportTests()
    {
        world.Explorer.OnSend = receipts =>
            [.. receipts.Select(receipt => new ReceiptAnswer(receipt.Sequence, new Fault(FaultCode.NotFound, "no such reservation")))];
        volume = Made("12-1", "volume", """{"size":1,"type":"SSD"}""");
        world.Start();
    }

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_folder_comes_to_life_whatever_the_order_of_its_files_and_lives_by_our_rules()
    {
        var network = Made("7-1", "network", """{"name":"web","net_id":"","ip_range":"10.1.0.0/16","net_resources":null}""");
        var container = Made(
            "10-1",
            "container",
            $$"""
            {"flist":"{{NodeWorld.Image}}","flist_storage":"","env":{"A":""},"secret_env":null,"Entrypoint":"sleep 1","interactive":false,
            "mounts":[{"volume_id":"12-1","mountpoint":"/data"}],"capacity":{"cpu":0,"memory":0},
            "network":{"network_id":"web","ips":null,"public_ip6":false},"unknown":1}
            """);
        var reports = Import(File(container), File(volume), File(network));

        Assert.All(reports, report => Assert.Equal((ImportOutcome.Taken, null), (report.Outcome, report.Why?.What)));
        Assert.Equal(["10-1", "12-1", "7-1"], reports.Select(report => report.Name));
        world.Until(() => new[] { volume, network, container }.All(IsLive), Minute);
        Assert.All(world.Engine.Status().Workloads, status => Assert.True(status.IsVersion1));
        Assert.Equal(new ReservationId(12, 1), StatusOf(volume).Id);

        // Nobody is told: no explorer ever had these orders.
        world.Until(() => world.Engine.Status().ReceiptsWaiting == 0, Minute);

        world.Reboot();
        world.Until(() => new[] { volume, network, container }.All(IsLive), Minute);
        world.Pass(NodeWorld.Lease);
        Assert.Equal("expired", StatusOf(volume).State);
        world.Pass(new EngineOptions().Grace + Minute);
        Assert.Empty(world.Engine.Status().Workloads);
        Assert.Empty(world.Volumes());
    }

    [Fact]
    public void A_file_that_cannot_be_taken_is_named_with_its_reason_and_leaves_no_trace()
    {
        var other = Made("1-1", "volume", """{"size":1,"type":"SSD"}""") with { Node = new NodeId(Actors.Key(9).PublicKey).ToString() };
        var bad = new Dictionary<string, (FolderFile File, ImportOutcome Outcome, string Words)>
        {
            ["cut off"] = (Raw("20-1", "\"1.0.0\"{\"id\":\"20-1\""), ImportOutcome.Broken, "unexpected EOF"),
            ["nothing"] = (Raw("21-1", ""), ImportOutcome.Broken, "EOF"),
            ["later version"] = (Raw("22-1", "\"2.0.0\"{}"), ImportOutcome.Broken, "unknown reservation object version (2.0.0)"),
            ["other name"] = (File(volume) with { Name = "23-1" }, ImportOutcome.Broken, "is \"12-1\""),
            ["unreadable"] = (new("24-1", default, new Fault(FaultCode.Unavailable, "no light")), ImportOutcome.Broken, "no light"),
            ["no id"] = (File(volume with { Id = "notes" }), ImportOutcome.Refused, "/reservation/id"),
            ["changed"] = (File(volume with { Id = "25-1", Kind = "network" }), ImportOutcome.Refused, "signature"),
            ["not signed"] = (File(volume with { Id = "26-1", Signature = null }), ImportOutcome.Refused, "not signed"),
            ["of another node"] = (File(other.Sign(Actors.UserKey)), ImportOutcome.Refused, "is for node"),
            ["over"] = (File(volume with { Id = "27-1", Duration = 1_000_000_000 }), ImportOutcome.Refused, "the lease is over"),
            ["too long"] = (File(volume with { Id = "28-1", Duration = long.MaxValue }), ImportOutcome.Refused, "/reservation/duration"),
            ["deleted"] = (File(volume with { Id = "29-1", ToDelete = true }), ImportOutcome.Refused, "asked for it to be deleted"),
            ["kind"] = (File(Made("30-1", "zdb", """{"size":1}""")), ImportOutcome.Refused, "/reservation/type"),
            ["image"] = (File(Made("31-1", "container", """{"flist":"https://hub/x.flist"}""")), ImportOutcome.Refused, "data/flist"),
            ["size"] = (File(Made("32-1", "volume", """{"size":-1,"type":"SSD"}""")), ImportOutcome.Refused, "/reservation/data/size"),
            ["no room"] = (File(Made("33-1", "volume", """{"size":99,"type":"SSD"}""")), ImportOutcome.Refused, "Not enough room"),
            ["keys"] = (File(Made("34-1", "volume", """{"size":1,"size":2,"type":"SSD"}""")), ImportOutcome.Refused, "is not valid JSON"),
        };
        world.Pass(TimeSpan.FromSeconds(2));
        var before = Journal();
        var reports = Import([.. bad.Values.Select(one => one.File)]);

        Assert.All(reports.Zip(bad), pair =>
        {
            Assert.Equal((pair.Second.Key, pair.Second.Value.Outcome), (pair.Second.Key, pair.First.Outcome));
            var words = $"{pair.First.Why} {string.Join(' ', pair.First.Why!.Problems)}";
            Assert.Contains(pair.Second.Value.Words, words, StringComparison.Ordinal);
        });
        Assert.Equal(before, Journal());
        Assert.Equal(ImportOutcome.Taken, Assert.Single(Import(File(volume))).Outcome);
    }

    [Fact]
    public void Importing_again_changes_nothing_whatever_became_of_the_order()
    {
        Import(File(volume));
        world.Pass(Minute);
        Assert.True(IsLive(volume));
        var before = Journal();
        Assert.Equal(ImportOutcome.Known, Assert.Single(Import(File(volume))).Outcome);
        Assert.Equal(before, Journal());

        world.Restart();
        Assert.Equal(ImportOutcome.Known, Assert.Single(Import(File(volume))).Outcome);
        Feed(volume, Actors.Cancel(volume.ToOrder(), world.Now));
        world.Until(() => world.Volumes().Count == 0, Minute);
        Assert.Equal(ImportOutcome.Known, Assert.Single(Import(File(volume))).Outcome);
        Assert.Empty(world.Volumes());
    }

    [Fact]
    public void Its_user_extends_and_cancels_an_imported_order_by_our_signatures_and_nobody_else_does()
    {
        Import(File(volume));
        world.Until(() => IsLive(volume), Minute);
        var order = volume.ToOrder();
        var ends = StatusOf(volume).Ends;
        Feed(volume, Actors.Extend(order, world.Now, order.Duration * 2));
        Assert.Equal(ends + order.Duration, StatusOf(volume).Ends);

        Feed(volume, Actors.Key(9).Sign(Actors.Cancel(order, world.Now, counter: 2)));
        Assert.True(IsLive(volume));
        Feed(volume, Actors.Cancel(order, world.Now, counter: 2));
        Assert.Empty(world.Volumes());
    }

    [Fact]
    public void An_order_of_version_1_comes_by_the_feed_only_where_the_farmer_wants_it()
    {
        Feed(volume);
        Assert.Null(world.Find(volume.ToOrder()));
        Assert.Contains(world.Engine.Status().Troubles, fault => fault.What.Contains("scheme of Zero-OS", StringComparison.Ordinal));
        Assert.False(world.Engine.Status().AcceptsVersion1);

        world.Options = world.Options with { AcceptsVersion1 = true };
        world.Restart();
        Feed(volume);
        Assert.True(IsLive(volume));
        Assert.Equal(volume.Id, StatusOf(volume).Id.ToString()); // It was served by another one.
        Feed(volume with { Id = "13-1", Signature = Actors.UserKey.Sign([1]).ToBytes() });
        Assert.Single(world.Engine.Status().Workloads);

        // What was taken is kept when nothing new is.
        world.Options = world.Options with { AcceptsVersion1 = false };
        world.Restart();
        world.Until(() => IsLive(volume), Minute);
    }

    [Fact]
    public void An_order_of_version_1_changes_nothing_that_version_2_made()
    {
        world.Explorer.OnSend = null;
        var mine = world.Post(world.Volume(1));
        var net = world.Post(world.Network(2));
        world.Until(() => world.Told(mine, ReceiptState.Ok) && world.Told(net, ReceiptState.Ok), Minute);
        var alias = world.StatusOf(mine).Id;
        var reports = Import(
            File(Made("40-1", "network", """{"name":"web","ip_range":"10.9.0.0/16"}""")),
            File(Made("41-1", "container", $$"""{"flist":"{{NodeWorld.Image}}","network":{"network_id":"web"} }""")),
            File(Made("42-1", "container", Mounting(alias.ToString()))),
            File(Made("43-1", "container", Mounting(mine.ComputeDigest().ToString()))),
            File(Made(alias.ToString(), "volume", """{"size":1,"type":"SSD"}""")));

        Assert.Equal(
            [FaultCode.Conflict, FaultCode.Conflict, null, FaultCode.NotFound, null],
            reports.Select(report => report.Why?.Code));

        // By the same id each version means its own volume.
        Assert.Equal([reports[4].Order], world.Engine.Ledger.Find(reports[2].Order)!.Plan.Needs);
        var container = world.Post(
            Actors.Reserve(5, "container", CanonicalJson.Of(Mounting(alias.ToString())), world.Now, NodeWorld.Lease));
        world.Until(() => world.Told(container, ReceiptState.Ok), Minute);
        Assert.Equal([mine.ComputeDigest()], world.Find(container)!.Plan.Needs);
    }

    private static string Mounting(string volume) =>
        $$"""{"flist":"{{NodeWorld.Image}}","entrypoint":"sleep 1","mounts":[{"volume_id":"{{volume}}","mountpoint":"/data"}]}""";

    private ZeroOsReservation Made(string id, string kind, string data)
    {
        Assert.Null(GoTime.Parse($"\"{world.Now:yyyy-MM-ddTHH:mm:ss}.123456789+02:00\"", out var local));
        return new ZeroOsReservation
        {
            Id = id,
            Node = new NodeId(Actors.NodeKey.PublicKey).ToString(),
            User = new UserId(Actors.UserKey.PublicKey).ToString(),
            Kind = kind,
            Data = Encoding.UTF8.GetBytes(CanonicalJson.Of(data).Text),
            Created = local with { LocalSeconds = local.LocalSeconds + 7200 },
            Duration = Nanoseconds.Of(NodeWorld.Lease),
        }.Sign(Actors.UserKey);
    }

    private static FolderFile File(ZeroOsReservation reservation) =>
        new(reservation.Id, new VersionedFile(VersionedFile.First, Encoding.UTF8.GetBytes(reservation.Write() + "\n")).ToBytes());

    private static FolderFile Raw(string name, string content) => new(name, Encoding.UTF8.GetBytes(content));

    private IReadOnlyList<ImportedFile> Import(params IReadOnlyList<FolderFile> files)
    {
        IReadOnlyList<ImportedFile> reports = [];
        world.Pump.Run(async () => reports = await world.Engine.ImportAsync(files, CancellationToken.None), NodeWorld.Limit);
        return reports;
    }

    // Hands a page with this reservation to the node, and lets it work.
    private void Feed(ZeroOsReservation reservation, params FollowUp[] follows)
    {
        var content = new FeedReservation(new ReservationId(1, 1), reservation.ToOrder(), follows).Write();
        world.Explorer.Pages.Enqueue(new FeedPage(world.Engine.Ledger.Cursor with { Epoch = "memory" }, [new FeedEntry(1, content)]));
        world.Pass(Minute);
        Assert.Empty(world.Explorer.Pages);
    }

    private bool IsLive(ZeroOsReservation reservation) => StatusOf(reservation) is { State: "live", Next: "" };

    private WorkloadStatus StatusOf(ZeroOsReservation reservation) => world.StatusOf(reservation.ToOrder());

    private List<string> Journal() =>
        [.. world.ReadSegments().Where(line => !line.Order.IsMissing).Select(line => Convert.ToHexString(line.ToBytes()))];
}

using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;
using Provision.Workloads.Volume;
using Xunit;

namespace Provision.Provisioning.Tests.Admission;

/// <summary>Bad input at the node. Every bad entry stands on a page between two good ones, which have to be carried out.</summary>
public sealed class IntakeTests : IDisposable
{
    private readonly NodeWorld world = new();
    private readonly Reservation before;
    private readonly Reservation after;

    public IntakeTests()
    {
        before = world.Volume(101);
        after = world.Volume(102);
    }

    public void Dispose() => world.Dispose();

    public static TheoryData<string> Forgeries =>
    [
        "no signature", "bad signature", "one byte of the data", "one second more", "other user", "foreign node", "not JSON",
        "not an object", "unknown tag", "no orders", "follow-up first", "version 1", "strange id",
    ];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void What_was_not_ordered_of_this_node_leaves_no_trace(string forgery)
    {
        Take(Forge(forgery));
        Assert.Equal([before.ComputeDigest(), after.ComputeDigest()], world.ReadJournal().Orders.Keys);
        Assert.Equal(2, world.Volumes().Count);
        Assert.Contains(
            world.Engine.Status().Troubles,
            fault => fault.Code is FaultCode.BadSignature or FaultCode.Denied or FaultCode.Invalid);
        Assert.Equal(new FeedCursor("memory", 3), world.ReadJournal().Cursor);
    }

    public static TheoryData<string, FaultCode, string> Refusals => new()
    {
        { "expired", FaultCode.Invalid, "/reservation/duration" },
        { "future-dated", FaultCode.Invalid, "/reservation/created" },
        { "no time at all", FaultCode.Invalid, "/reservation/duration" },
        { "for a hundred years", FaultCode.Invalid, "/reservation/duration" },
        { "unknown kind", FaultCode.Invalid, "/reservation/type" },
        { "size 0", FaultCode.Invalid, "/reservation/data/size" },
        { "too large a size", FaultCode.Invalid, "/reservation/data/size" },
        { "a size beyond numbers", FaultCode.Invalid, "/reservation/data/size" },
        { "unknown field", FaultCode.Invalid, "/reservation/data/colour" },
        { "data that is no object", FaultCode.Invalid, "/reservation/data" },
        { "more than is free", FaultCode.OutOfCapacity, "/reservation/data/size" },
        { "a type that is not there", FaultCode.OutOfCapacity, "/reservation/data/type" },
        { "nonce used before", FaultCode.Conflict, "/reservation/nonce" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_was_ordered_and_cannot_be_is_answered_with_a_receipt(string why, FaultCode code, string pointer)
    {
        var bad = Bad(why);
        Take(Entry(bad));
        Assert.Equal([ReceiptState.Refused], world.StatesOf(bad));
        var fault = world.LastReceipt(bad).Fault!;
        Assert.Equal(code, fault.Code);
        var problem = Assert.Single(fault.Problems);
        Assert.Equal(pointer, problem.Pointer);
        Assert.NotEmpty(problem.Remedy);
        Assert.Equal(["refused", "acknowledged"], world.EntriesOf(bad));
        Assert.Equal(2, world.Volumes().Count);

        world.Restart();
        Assert.True(world.Find(bad)!.State.Closed);
        world.Pass(TimeSpan.FromMinutes(1));
        Assert.Single(world.StatesOf(bad));
    }

    [Fact]
    public void Who_is_refused_fills_no_disk()
    {
        var data = CanonicalJson.Of($$"""{"size":1,"type":"SSD","{{new string('x', 100_000)}}":1}""");
        var bad = Actors.Reserve(1, "volume", data, world.Now, NodeWorld.Lease);
        Take(Entry(bad));
        Assert.Equal([ReceiptState.Refused], world.StatesOf(bad));
        Assert.InRange(world.ReadSegments().Where(line => line.Order == bad.ComputeDigest()).Sum(line => line.ToBytes().Length), 500, 8000);
    }

    [Theory]
    [InlineData("plan")]
    [InlineData("step")]
    public void An_order_that_meets_a_defect_of_its_kind_is_refused_and_the_others_are_taken(string where)
    {
        using var scripted = new NodeWorld(new ScriptModule(new Script()));
        var defect = Actors.Reserve(1, "script", CanonicalJson.Of($$"""{"defect":"{{where}}"}"""), scripted.Now, NodeWorld.Lease);
        var good = scripted.Order(2);
        scripted.Start();
        scripted.Post(defect, good);

        scripted.Until(() => scripted.Told(good, ReceiptState.Ok));

        var fault = scripted.LastReceipt(defect).Fault!;
        Assert.Equal(FaultCode.Internal, fault.Code);
        Assert.Contains($"the {where} fell over", fault.What, StringComparison.Ordinal);
        scripted.Restart();
        Assert.True(scripted.Find(defect)!.State.Closed);
    }

    [Fact]
    public void Of_two_that_compete_for_the_last_space_the_first_gets_it()
    {
        var (first, second, third) = (world.Volume(1, 8), world.Volume(2, 1), world.Volume(3, 1));
        Run(Entry(first), Entry(second), Entry(third));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(first));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(second));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(third));
        var fourth = world.Volume(4, 1);
        Run(Entry(fourth));
        Assert.Equal(FaultCode.OutOfCapacity, world.LastReceipt(fourth).Fault!.Code);

        world.Post(third, Actors.Cancel(third, world.Now));
        world.Until(() => world.Told(third, ReceiptState.Deleted));
        var fifth = world.Volume(5, 1);
        Run(Entry(fifth));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(fifth));
    }

    [Fact]
    public void Two_on_one_page_cannot_have_the_same_space()
    {
        var (first, second) = (world.Volume(1, 6), world.Volume(2, 6));
        Run(Entry(first), Entry(second));
        Assert.Equal([ReceiptState.Ok], world.StatesOf(first));
        Assert.Equal([ReceiptState.Refused], world.StatesOf(second));
        Assert.Equal(ByteSize.GiB(6), world.Engine.Ledger.Promised("flash"));
        world.Restart();
        Assert.Equal(ByteSize.GiB(6), world.Engine.Ledger.Promised("flash"));
    }

    [Fact]
    public void The_same_entry_twice_and_pages_again_and_in_another_order_change_nothing()
    {
        var cancelled = world.Volume(1);
        var cancel = Actors.Cancel(cancelled, world.Now);
        Run(Entry(before), Entry(before), Entry(cancelled));
        var old = Page(3, Entry(cancelled), Entry(before));
        Run(Entry(cancelled, cancel), Entry(cancelled, cancel));
        world.Pass(TimeSpan.FromMinutes(1));
        var entries = world.EntriesOf(before);
        Assert.Equal(["planned", "started", "done", "live", "acknowledged"], entries);

        for (var i = 0; i < 3; i++)
        {
            world.Explorer.Pages.Enqueue(old);
            world.Explorer.Pages.Enqueue(Page(9, Entry(before), Entry(cancelled, cancel), Entry(cancelled)));
        }

        world.Pass(TimeSpan.FromMinutes(5));
        Assert.Empty(world.Explorer.Pages);
        Assert.Equal(entries, world.EntriesOf(before));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], world.StatesOf(cancelled));
    }

    [Fact]
    public void A_reservation_that_arrives_cancelled_is_never_made_and_said_to_be_gone()
    {
        var order = world.Volume(1);
        Take(Entry(order, Actors.Cancel(order, world.Now)));
        Assert.Equal([ReceiptState.Deleted], world.StatesOf(order));
        Assert.Equal(["planned", "withdrawn", "closed", "acknowledged"], world.EntriesOf(order));
    }

    [Fact]
    public void The_fields_that_a_signature_does_not_cover_cannot_make_a_second_order()
    {
        Run(Entry(before));
        Run(new FeedReservation(new ReservationId(999, 9), before, []).Write());
        Assert.Single(world.ReadJournal().Orders);
        Assert.Equal(new ReservationId(1, 1), world.Find(before)!.Id);
    }

    private void Take(CanonicalJson content) => Run(Entry(before), content, Entry(after));

    // Hands a page to the node and waits until it rests; everything good on it must live.
    private void Run(params CanonicalJson[] contents)
    {
        if (world.Engine is null)
        {
            world.Start();
        }

        var page = Page(contents.Length, contents);
        world.Explorer.Pages.Enqueue(page);
        world.Pass(TimeSpan.FromMinutes(2));
        Assert.Empty(world.Explorer.Pages);
        if (contents.Contains(Entry(after)))
        {
            Assert.Equal([ReceiptState.Ok], world.StatesOf(before));
            Assert.Equal([ReceiptState.Ok], world.StatesOf(after));
        }
    }

    private static FeedPage Page(long next, params CanonicalJson[] contents) =>
        new(new FeedCursor("memory", next), [.. contents.Select((content, i) => new FeedEntry(i + 1, content))]);

    private static CanonicalJson Entry(Reservation order, params FollowUp[] followUps) =>
        new FeedReservation(new ReservationId(1, 1), order, followUps).Write();

    private CanonicalJson Forge(string forgery)
    {
        var good = world.Volume(1);
        var text = Entry(good).Text;
        var stranger = Actors.Key(9);
        return forgery switch
        {
            "no signature" => Entry(good with { Signature = default }),
            "bad signature" => Entry(good with { Signature = Actors.UserKey.Sign([1, 2, 3]) }),
            "one byte of the data" => Entry(good with { Data = CanonicalJson.Of("""{"size":2,"type":"SSD"}""") }),
            "one second more" => Entry(good with { Duration = good.Duration + TimeSpan.FromSeconds(1) }),
            "other user" => Entry(good with { User = new UserId(stranger.PublicKey) }),
            "foreign node" => Entry(Actors.UserKey.Sign(good with { Node = new NodeId(stranger.PublicKey) })),
            "not JSON" => CanonicalJson.Of("{\"reservation\":"),
            "not an object" => CanonicalJson.Of("[1]"),
            "unknown tag" => CanonicalJson.Of(text.Replace("{\"reservation\":{\"id\"", "{\"session\":{\"id\"", StringComparison.Ordinal)),
            "no orders" => CanonicalJson.Of("""{"reservation":{"id":"1-1","orders":[]}}"""),
            "follow-up first" => CanonicalJson.Build(writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartObject("reservation");
                writer.WriteString("id", "1-1");
                writer.WriteStartArray("orders");
                OrderJson.Write(writer, Actors.Cancel(good, world.Now));
                writer.WriteEndArray();
                writer.WriteEndObject();
                writer.WriteEndObject();
            }),
            "version 1" => CanonicalJson.Of(text.Replace("\"signature_version\":2", "\"signature_version\":1", StringComparison.Ordinal)),
            _ => CanonicalJson.Of(text.Replace("\"id\":\"1-1\"", "\"id\":\"../1\"", StringComparison.Ordinal)),
        };
    }

    private Reservation Bad(string why)
    {
        var good = world.Volume(1);
        var bad = why switch
        {
            "expired" => good with { Created = world.Now - NodeWorld.Lease },
            "future-dated" => good with { Created = world.Now + TimeSpan.FromMinutes(6) },
            "no time at all" => good with { Created = world.Now + TimeSpan.FromMinutes(1), Duration = TimeSpan.FromTicks(1) },
            "for a hundred years" => good with { Duration = TimeSpan.FromDays(36500) },
            "unknown kind" => good with { Kind = "unicorn" },
            "size 0" => good with { Data = Data("0") },
            "too large a size" => good with { Data = Data($"{VolumeSpec.SizeGiBMax + 1}") },
            "a size beyond numbers" => good with { Data = Data("99999999999999999999") },
            "unknown field" => good with { Data = CanonicalJson.Of("""{"size":1,"type":"SSD","colour":"red"}""") },
            "data that is no object" => good with { Data = CanonicalJson.Of("7") },
            "more than is free" => good with { Data = Data("10") },
            "a type that is not there" => good with { Data = CanonicalJson.Of("""{"size":1,"type":"HDD"}""") },
            _ => good with { Nonce = before.Nonce, Data = Data("2") },
        };
        return Actors.UserKey.Sign(bad);
    }

    private static CanonicalJson Data(string size) => CanonicalJson.Of($$"""{"size":{{size}},"type":"SSD"}""");
}

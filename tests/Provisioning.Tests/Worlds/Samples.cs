using Provision.Provisioning.Expiry;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Shared;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;

namespace Provision.Provisioning.Tests.Worlds;

/// <summary>One of each thing that a journal can hold.</summary>
public static class Samples
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    public static Reservation Reservation { get; } =
        Actors.Reserve(1, "volume", CanonicalJson.Of("""{"size":1,"type":"SSD"}"""), Now, TimeSpan.FromHours(1));

    public static Digest Order { get; } = Reservation.ComputeDigest();

    public static Cancel Cancel { get; } = Actors.Cancel(Reservation, Now);

    public static Extend Extend { get; } = Actors.Extend(Reservation, Now, TimeSpan.FromHours(2));

    public static Fault Fault { get; } = new(
        FaultCode.Unavailable, "The pool < & > \"is\" full\n", "Wäit ☂.", new Fault(FaultCode.Internal, "because"))
    {
        Problems = new Problems([new Problem("/reservation/data/size", "is 0", "give more")]),
    };

    public static LeaseAnchor Lease { get; } = new("boot-a", TimeSpan.FromSeconds(10), TimeSpan.FromHours(1), Now.AddHours(1));

    public static Receipt Receipt { get; } = MakeReceipt(1, null);

    /// <summary>Every kind of entry, each with all it can carry and with as little as it may.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new Entry.Planned(
            new ReservationId(7, 1),
            Reservation,
            Lease,
            [CanonicalJson.Of("""{"step":"a <b>"}"""), CanonicalJson.Of("{}")],
            [new Claim("flash", ByteSize.GiB(1))]),
        new Entry.Planned(new ReservationId(7, 2), Reservation, Lease, [], [])
        {
            Memory = ByteSize.GiB(2),
            Needs = [Order, Digest.Of([2])],
        },
        Planned(0),
        new Entry.Refused(new ReservationId(7, 1), Reservation, MakeReceipt(1, Fault)),
        new Entry.Started(0),
        new Entry.Done(2),
        new Entry.Failed(1, Fault, MakeReceipt(2, Fault)),
        new Entry.Live(Receipt),
        new Entry.Degraded(Fault, MakeReceipt(3, Fault)),
        new Entry.Degraded(new Fault(FaultCode.Internal, "bare"), Receipt),
        new Entry.Extended(Extend, Lease, Receipt),
        new Entry.Extended(Extend, Lease with { Remaining = -TimeSpan.FromTicks(1) }, null),
        new Entry.Expired(Cancel with { KeepData = true }, Lease, Receipt),
        new Entry.Expired(null, Lease, Receipt),
        new Entry.Withdrawn(Cancel),
        new Entry.Withdrawn(null),
        new Entry.Withdrawn(null, Fault),
        new Entry.Undone(1),
        new Entry.Stuck(Fault, Receipt),
        new Entry.Closed(Receipt),
        new Entry.Acknowledged(long.MaxValue),
        new Entry.CursorMoved("", 0),
        new Entry.CursorMoved("epoch-1", 12),
        new Entry.ClockRead(new ClockMark("boot-a", TimeSpan.FromTicks(123456789), Now)),
        new Entry.Planned(new ReservationId(7, 3), Reservation, Lease, [], []) { Provides = [Thing], Uses = [Thing, Thing] },
    ];

    /// <summary>The first entry of an order with so many steps.</summary>
    public static Entry Planned(int steps) =>
        new Entry.Planned(new ReservationId(1, 1), Reservation, Lease, [.. Enumerable.Repeat(CanonicalJson.Of("{}"), steps)], []);

    private static SharedName Thing => SharedName.TryParse("sort/thing", out var thing) ? thing : throw new InvalidOperationException();

    /// <summary>A signed receipt.</summary>
    public static Receipt MakeReceipt(long sequence, Fault? fault)
    {
        var receipt = new Receipt
        {
            Node = new NodeId(Actors.NodeKey.PublicKey),
            Sequence = sequence,
            Previous = sequence == 1 ? default : Digest.Of([1]),
            Reservation = Order,
            Id = new ReservationId(7, 1),
            Kind = "volume",
            Generation = sequence,
            State = fault is null ? ReceiptState.Ok : ReceiptState.Error,
            Fault = fault,
            Data = CanonicalJson.Of("""{"volume_id":"7-1"}"""),
            Created = Now,
        };
        return receipt with { Signature = Actors.NodeKey.Sign(receipt.ToSignedBytes()) };
    }
}

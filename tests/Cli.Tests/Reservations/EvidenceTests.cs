using Provision.Cli.Reservations;
using Provision.Cli.Tests.Grid;
using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Cli.Tests.Reservations;

public sealed class EvidenceTests
{
    private static readonly ReservationId Id = new(1, 1);
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private readonly KeyPair owner = KeyPair.FromSeed([.. Enumerable.Repeat((byte)9, KeyPair.SeedSize)]);
    private readonly ReceiptMaker node = new();
    private readonly Reservation order;

    public EvidenceTests() => order = owner.Sign(new Reservation
    {
        Node = node.Node,
        User = new UserId(owner.PublicKey),
        Kind = "volume",
        Data = CanonicalJson.Of("""{"size":1,"type":"SSD"}"""),
        Created = Now,
        Duration = TimeSpan.FromHours(1),
        Nonce = "0123456789abcdef",
    });

    [Fact]
    public void What_owner_and_node_signed_holds() => Assert.Equal(
        [("order", null), ("cancel 1", null), ("receipt 1", null), ("receipt 2", null)],
        Of(View([Cancel(owner)], [Receipt(ReceiptState.Ok), Receipt(ReceiptState.Deleted)])));

    [Fact]
    public void A_changed_order_does_not() =>
        Assert.Equal([("order", FaultCode.BadSignature)], Of(View([], [], order with { Duration = TimeSpan.FromDays(1) })));

    [Fact]
    public void A_cancel_by_somebody_else_does_not() =>
        Assert.Equal([("order", null), ("cancel 1", FaultCode.Denied)], Of(View([Cancel(KeyPair.Create())], [])));

    [Fact]
    public void A_changed_cancel_does_not() =>
        Assert.Equal([("order", null), ("cancel 1", FaultCode.BadSignature)], Of(View([Cancel(owner) with { KeepData = true }], [])));

    [Fact]
    public void A_receipt_of_another_node_does_not() => Assert.Equal(
        [("order", null), ("receipt 1", FaultCode.BadSignature)],
        Of(View([], [new ReceiptMaker(2).Next(order.ComputeDigest(), Id, ReceiptState.Ok)])));

    [Fact]
    public void A_receipt_about_another_reservation_does_not() => Assert.Equal(
        [("order", null), ("receipt 1", FaultCode.BadSignature)],
        Of(View([], [node.Next(Digest.Of("another"u8), Id, ReceiptState.Ok)])));

    [Fact]
    public void A_changed_receipt_does_not() => Assert.Equal(
        [("order", null), ("receipt 1", FaultCode.BadSignature)],
        Of(View([], [Receipt(ReceiptState.Error) with { State = ReceiptState.Ok }])));

    private Receipt Receipt(ReceiptState state) => node.Next(order.ComputeDigest(), Id, state);

    private Cancel Cancel(KeyPair signer) => signer.Sign(new Cancel
    {
        Reservation = order.ComputeDigest(),
        User = new UserId(signer.PublicKey),
        Counter = 1,
        Created = Now,
    });

    private ReservationView View(IReadOnlyList<FollowUp> followUps, IReadOnlyList<Receipt> receipts, Reservation? shown = null) =>
        new(order.ComputeDigest(), "live", order.Expires, new FeedReservation(Id, shown ?? order, followUps), receipts);

    private static IEnumerable<(string, FaultCode?)> Of(ReservationView view) =>
        Evidence.Of(view).Select(finding => (finding.Document, finding.Fault?.Code));
}

using System.Text.Json;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Client;

/// <summary>
/// What an explorer says about one reservation. Believe the signatures: the digest was checked against the order, but the signatures of
/// orders and receipts are for the reader to check.
/// </summary>
/// <param name="Digest">Its name.</param>
/// <param name="Status">What the explorer makes of it: pending, live, degraded, error, refused, expired, cancelling, deleted.</param>
/// <param name="Expires">When the lease ends, extends counted in.</param>
/// <param name="Orders">Its alias, the order, and what followed.</param>
/// <param name="Receipts">What the node said about it, in the order of the node's chain; the last ones when there are many.</param>
public sealed record ReservationView(
    Digest Digest, string Status, DateTimeOffset Expires, FeedReservation Orders, IReadOnlyList<Receipt> Receipts)
{
    private const int ReceiptsMax = 1000;

    /// <summary>The explorer's alias.</summary>
    public ReservationId Id => Orders.Id;

    internal static ReservationView? Read(JsonElement element, string pointer, ICollection<Problem> problems) =>
        JsonForm.Open(element, pointer, problems) is { } form ? form.Close(Read(form)) : null;

    internal static ReservationView? Read(JsonForm form)
    {
        var id = form.Parsed<ReservationId>("id", ReservationId.TryParse, "an id of the form N-M");
        var digest = form.Parsed<Digest>("digest", Digest.TryParse, "a digest");
        var status = form.Text("status", sizeMax: 32);
        var expires = form.Moment("expires");
        var orders = form.List("orders", FeedReservation.FollowUpsMax + 1, ReadOrder);
        var receipts = form.List("receipts", ReceiptsMax, ReadReceipt);
        if (id is null || digest is null || status is null || expires is null)
        {
            return null;
        }

        if (orders is not [Reservation reservation, ..]
            || !orders.Skip(1).All(order => order is FollowUp)
            || reservation.ComputeDigest() != digest)
        {
            form.Refuse("orders", "are not those of the digest", "send the reservation first, then what followed it");
            return null;
        }

        var content = new FeedReservation(id.Value, reservation, [.. orders.Skip(1).Cast<FollowUp>()]);
        return new ReservationView(digest.Value, status, expires.Value, content, receipts);
    }

    private static Order? ReadOrder(JsonElement element, string pointer, ICollection<Problem> problems) =>
        JsonForm.Open(element, pointer, problems) is { } form ? form.Close(OrderJson.Read(form)) : null;

    private static Receipt? ReadReceipt(JsonElement element, string pointer, ICollection<Problem> problems) =>
        JsonForm.Open(element, pointer, problems) is { } form ? form.Close(ReceiptJson.Read(form)) : null;
}

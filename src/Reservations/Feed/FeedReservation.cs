using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Reservations.Feed;

/// <summary>A reservation as the feed carries it: the alias, the order, and every signed order that followed.</summary>
/// <param name="Id">The explorer's alias.</param>
/// <param name="Reservation">The order.</param>
/// <param name="FollowUps">Cancels and extends, in the order in which the explorer took them.</param>
public sealed record FeedReservation(ReservationId Id, Reservation Reservation, IReadOnlyList<FollowUp> FollowUps)
{
    /// <summary>The most follow-ups that one reservation can have.</summary>
    public const int FollowUpsMax = 1000;

    /// <summary>The content of a feed entry: <c>{"reservation":{"id":…,"orders":[…]}}</c>, the reservation first.</summary>
    public CanonicalJson Write() => CanonicalJson.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("reservation");
        writer.WriteString("id", Id.ToString());
        writer.WriteStartArray("orders");
        OrderJson.Write(writer, Reservation);
        foreach (var order in FollowUps)
        {
            OrderJson.Write(writer, order);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    /// <summary>Reads the content of a feed entry.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>: the entry is of no sort we know, or malformed.</exception>
    public static FeedReservation Read(JsonElement content) => StrictJson.Read(content, "feed entry", form =>
        form.Object("reservation") is { } inner ? inner.Close(ReadInner(inner)) : null);

    private static FeedReservation? ReadInner(JsonForm form)
    {
        var id = form.Parsed<ReservationId>("id", ReservationId.TryParse, "an id of the form N-M");
        var orders = form.List("orders", FollowUpsMax + 1, ReadOrder);
        if (orders is not [Reservation reservation, ..] || !orders.Skip(1).All(order => order is FollowUp))
        {
            form.Refuse("orders", "is not a reservation and what followed it", "send the reservation first, then its cancels and extends");
            return null;
        }

        return id is null ? null : new FeedReservation(id.Value, reservation, [.. orders.Skip(1).Cast<FollowUp>()]);
    }

    private static Order? ReadOrder(JsonElement element, string pointer, ICollection<Problem> problems) =>
        JsonForm.Open(element, pointer, problems) is { } form ? form.Close(OrderJson.Read(form, version1: true)) : null;
}

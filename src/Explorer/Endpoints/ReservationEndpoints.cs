using System.Text.Json;
using Provision.Explorer.Feed;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Endpoints;

/// <summary>Reservations as people look at them.</summary>
internal static class ReservationEndpoints
{
    /// <summary>
    /// <c>GET /reservations/{id}</c>, by alias or digest; <c>GET /reservations?user=…&amp;node=…&amp;after=…</c>. Each is for the user and
    /// the node that it is about, and for nobody else.
    /// </summary>
    public static void MapReservations(this IEndpointRouteBuilder routes, ExplorerCore core)
    {
        routes.MapGet("/reservations/{id}", async context =>
        {
            var name = context.PathText("id");
            var id = default(ReservationId);
            if (!Digest.TryParse(name, out var digest) && !ReservationId.TryParse(name, out id))
            {
                throw Requests.Refuse("{id}", name, "an id of the form N-M or a digest of 64 lower-case hexadecimal digits");
            }

            context.RequireSigner();
            var view = digest.IsMissing
                ? await core.FindAsync(id, context.RequestAborted)
                : await core.FindAsync(digest, context.RequestAborted);
            var reservation = (view ?? throw Unknown(name)).Orders.Reservation;
            context.RequireSigner($"Reservation {view.Orders.Id}", reservation.User.Key, reservation.Node.Key);
            await context.AnswerAsync(writer => Write(writer, view));
        });
        routes.MapGet("/reservations", async context =>
        {
            var user = context.Id<UserId>("user", UserId.TryParse);
            var node = context.Id<NodeId>("node", NodeId.TryParse);
            context.RequireSigner("The list of these reservations", [.. new[] { user?.Key, node?.Key }.OfType<PublicKey>()]);
            var views = core.ListAsync(user, node, (ulong)context.Number("after"), context.RequestAborted);
            await context.AnswerListAsync("reservations", views, Write);
        });
    }

    private static void Write(Utf8JsonWriter writer, ReservationView view)
    {
        writer.WriteStartObject();
        writer.WriteString("id", view.Orders.Id.ToString());
        writer.WriteString("digest", view.Digest.ToString());
        writer.WriteString("status", JsonNamingPolicy.SnakeCaseLower.ConvertName(view.Status.ToString()));
        writer.WriteString("expires", Rfc3339.Format(view.Expires));
        writer.WriteStartArray("orders");
        OrderJson.Write(writer, view.Orders.Reservation);
        foreach (var order in view.Orders.FollowUps)
        {
            OrderJson.Write(writer, order);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("receipts");
        foreach (var receipt in view.Receipts)
        {
            ReceiptJson.Write(writer, receipt);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static FaultException Unknown(string name) =>
        new(FaultCode.NotFound, $"There is no reservation {name} here", "List yours with 'provision reservation list'.");
}

using Provision.Explorer.Feed;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Endpoints;

/// <summary>Orders in.</summary>
internal static class OrderEndpoints
{
    /// <summary><c>POST /orders</c>: 201 when it is new, 200 when it was taken before.</summary>
    public static void MapOrders(this IEndpointRouteBuilder routes, ExplorerCore core) => routes.MapPost("/orders", async context =>
    {
        var order = OrderJson.Read(await context.ReadJsonAsync("order"));
        var answer = await core.SubmitAsync(order, context.RequestAborted);
        await context.AnswerAsync(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("id", answer.Id.ToString());
                writer.WriteString("digest", answer.Digest.ToString());
                writer.WriteBoolean("created", answer.Created);
                writer.WriteEndObject();
            },
            answer.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    });
}

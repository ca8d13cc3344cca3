using Provision.Explorer.Feed;
using Provision.Reservations;
using Provision.Reservations.Feed;

namespace Provision.Explorer.Endpoints;

/// <summary>The feed out.</summary>
internal static class FeedEndpoints
{
    /// <summary><c>GET /nodes/{node}/feed?epoch=…&amp;after=…&amp;wait=SECONDS</c>, signed by the node.</summary>
    public static void MapFeed(this IEndpointRouteBuilder routes, ExplorerCore core) => routes.MapGet("/nodes/{node}/feed", async context =>
    {
        var node = context.PathId<NodeId>("node", NodeId.TryParse);
        var after = new FeedCursor(context.Text("epoch"), context.Number("after"));
        var wait = context.Seconds("wait");
        context.RequireSigner($"The feed of {node}", node.Key);
        var page = await core.PollAsync(node, after, wait, context.RequestAborted);
        await context.AnswerAsync(page.Write, sort: "feeds");
    });
}

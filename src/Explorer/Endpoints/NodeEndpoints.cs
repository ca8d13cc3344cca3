using Provision.Explorer.Feed;
using Provision.Reservations.Registration;

namespace Provision.Explorer.Endpoints;

/// <summary>Nodes: who there is.</summary>
internal static class NodeEndpoints
{
    /// <summary><c>GET /nodes?after=…</c>, <c>POST /nodes</c>.</summary>
    public static void MapNodes(this IEndpointRouteBuilder routes, ExplorerCore core)
    {
        routes.MapGet("/nodes", async context => await context.AnswerListAsync(
            "nodes",
            await core.ListNodesAsync(context.Text("after"), context.RequestAborted),
            (writer, node) => node.Write(writer)));
        routes.MapPost("/nodes", async context =>
        {
            var node = NodeRegistration.Read(await context.ReadJsonAsync("node registration"));
            await core.RegisterAsync(node, context.RequestAborted);
            await context.AnswerAsync(writer => Answers.WriteName(writer, "node_id", node.Node.ToString()));
        });
    }
}

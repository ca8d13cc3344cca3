using Provision.Explorer.Feed;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;

namespace Provision.Explorer.Endpoints;

/// <summary>Nodes: who there is.</summary>
internal static class NodeEndpoints
{
    /// <summary><c>GET /nodes?after=…</c>, <c>GET /nodes/{node}</c>, <c>POST /nodes</c>.</summary>
    public static void MapNodes(this IEndpointRouteBuilder routes, ExplorerCore core)
    {
        routes.MapGet("/nodes", async context => await context.AnswerListAsync(
            "nodes",
            await core.ListNodesAsync(context.Text("after"), context.RequestAborted),
            (writer, node) => node.Write(writer)));
        routes.MapGet("/nodes/{node}", async context =>
        {
            var id = context.PathId<NodeId>("node", NodeId.TryParse);
            var node = await core.FindNodeAsync(id, context.RequestAborted)
                ?? throw new FaultException(FaultCode.NotFound, $"There is no node {id} here", "See 'provision node list'.");
            await context.AnswerAsync(node.Write);
        });
        routes.MapPost("/nodes", async context =>
        {
            var node = NodeRegistration.Read(await context.ReadJsonAsync("node registration"));
            await core.RegisterAsync(node, context.RequestAborted);
            await context.AnswerAsync(writer => Answers.WriteName(writer, "node_id", node.Node.ToString()));
        });
    }
}

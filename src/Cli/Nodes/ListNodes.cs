using System.CommandLine;
using System.Globalization;
using Provision.Cli.Output;
using Provision.Explorer.Client;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Cli.Nodes;

/// <summary>
/// <c>node list</c>: the machines that the explorer knows. What it shows is the explorer's word; <c>node show</c> checks it.
/// </summary>
internal static class ListNodes
{
    // Of a node that registered before nodes said what they offer.
    private const string Unsaid = "-";

    public static Command Build(VerbMaker verbs) =>
        verbs.Bind(new Command("list", "List the nodes: their farms, what they offer, and to whom."), async (session, ct) =>
        {
            var nodes = await session.AskAsync((explorer, token) => explorer.ListNodesAsync(token), ct);
            session.Screen.Show(
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartArray("nodes");
                    foreach (var node in nodes)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("node_id", node.Node.ToString());
                        writer.WriteString("farm_id", node.Farm.ToString());
                        writer.WriteString("kinds", node.Kinds);
                        writer.WriteString("created", Rfc3339.Format(node.Created));
                        if (node.Offer is { } offer)
                        {
                            writer.WritePropertyName("offer");
                            offer.Write(writer);
                        }

                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                    writer.WriteEndObject();
                },
                () => session.Screen.Table(
                    ["NODE", "FARM", "KINDS", "CRU", "MRU", "SRU", "HRU", "USERS", "REGISTERED"], nodes.Select(ToRow)));
            return ExitCodes.Success;
        });

    private static string[] ToRow(NodeView node)
    {
        var offered = node.Offer?.Offered;
        return
        [
            node.Node.ToString(),
            node.Farm.ToString(),
            node.Kinds,
            Count(offered?.Cru),
            Count(offered?.Mru),
            Count(offered?.Sru),
            Count(offered?.Hru),
            node.Offer is null ? Unsaid : node.Offer.AllUsers ? "all" : "chosen",
            Screen.Moment(node.Created),
        ];
    }

    private static string Count(long? units) => units?.ToString(CultureInfo.InvariantCulture) ?? Unsaid;
}

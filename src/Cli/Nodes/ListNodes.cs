using Provision.Reservations.Faults;
using System.CommandLine;
using Provision.Cli.Output;
using Provision.Reservations.Wire;

namespace Provision.Cli.Nodes;

/// <summary><c>node list</c>: the machines that the explorer knows.</summary>
internal static class ListNodes
{
    public static Command Build(VerbMaker verbs) =>
        verbs.Bind(new Command("list", "List the nodes, their farms, and the kinds of workload that they provide."), async (session, ct) =>
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
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                    writer.WriteEndObject();
                },
                () => session.Screen.Table(
                    ["NODE", "FARM", "KINDS", "REGISTERED"],
                    nodes.Select(node => (string[])[node.Node.ToString(), node.Farm.ToString(), node.Kinds, Screen.Moment(node.Created)])));
            return ExitCodes.Success;
        });
}

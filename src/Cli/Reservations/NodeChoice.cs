using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Cli.Reservations;

/// <summary>Which node an order goes to when the user names none.</summary>
internal static class NodeChoice
{
    /// <summary>The only node that provides the kind.</summary>
    /// <exception cref="FaultException">There is none, or more than one: a machine is never chosen for a user.</exception>
    public static NodeId Only(IEnumerable<NodeView> nodes, string kind)
    {
        var able = nodes.Where(node => node.Kinds.Split(' ').Contains(kind)).Select(node => node.Node).ToList();
        return able switch
        {
            [var only] => only,
            [] => throw new FaultException(FaultCode.NotFound, $"No node provides a {kind}", "See 'provision node list'."),
            _ => throw new FaultException(
                FaultCode.Invalid,
                $"{able.Count} nodes provide a {kind}",
                $"Choose one with --node: {string.Join(", ", able.Take(10))}{(able.Count > 10 ? ", …" : "")}."),
        };
    }
}

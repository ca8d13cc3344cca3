using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;

namespace Provision.Cli.Reservations;

/// <summary>Which node an order goes to when the user names none.</summary>
internal static class NodeChoice
{
    /// <summary>The only node that offers the kind, and offers as much as the order takes or does not say how much.</summary>
    /// <exception cref="FaultException">There is none, or more than one: a machine is never chosen for a user.</exception>
    public static NodeId Only(IEnumerable<NodeView> nodes, string kind, ResourceUnits units)
    {
        var offering = nodes.Where(node => node.Kinds.Split(' ').Contains(kind)).ToList();
        var able = offering.Where(node => node.Offer is not { } offer || IsEnough(offer, units)).ToList();
        return (offering, able) switch
        {
            (_, [var only]) => only.Node,
            ([], _) => throw new FaultException(FaultCode.NotFound, $"No node offers a {kind}", "See 'provision node list'."),
            (_, []) => throw new FaultException(
                FaultCode.OutOfCapacity,
                $"No node that offers a {kind} offers as much as this one takes ({Describe(units)})",
                "Order less, or see 'provision node list'."),
            _ => throw new FaultException(
                FaultCode.Invalid,
                $"{able.Count} nodes offer a {kind}",
                $"Choose one with --node: {string.Join(", ", able.Take(10).Select(Name))}{(able.Count > 10 ? ", …" : "")}."),
        };
    }

    // Memory is rounded up to GiB for an order and down for a node: what differs by one may fit. Cores of one order are the machine's.
    private static bool IsEnough(NodeOffer offer, ResourceUnits units) =>
        (offer.Offered with { Cru = Math.Min(offer.Offered.Cru, offer.Machine.Cru), Mru = offer.Offered.Mru + 1 }).Covers(units);

    private static string Name(NodeView node) => node.Offer is { AllUsers: false } ? $"{node.Node} (chosen users only)" : $"{node.Node}";

    private static string Describe(ResourceUnits units) => string.Join(
        ", ",
        from unit in new[] { (units.Cru, "CRU"), (units.Mru, "MRU"), (units.Sru, "SRU"), (units.Hru, "HRU") }
        where unit.Item1 > 0
        select $"{unit.Item1} {unit.Item2}");
}

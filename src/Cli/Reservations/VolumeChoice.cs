using Provision.Explorer.Client;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Workloads;

namespace Provision.Cli.Reservations;

/// <summary>Which reservations an order means where it names volumes by alias, and on which node they are.</summary>
internal static class VolumeChoice
{
    /// <summary>
    /// Puts digests where aliases are, each of an order that the user signed, for the same node. Returns the node: the one given, else
    /// the volumes'; null when there is neither. A digest beside a given node is taken as it is.
    /// </summary>
    /// <exception cref="FaultException">
    /// <c>NotFound</c>; <c>BadSignature</c>: the explorer shows what nobody signed; <c>Denied</c>: somebody else's; <c>Invalid</c>: no
    /// volume, or on another node.
    /// </exception>
    public static async Task<NodeId?> ResolveAsync(
        Session session, IReadOnlyList<NamedVolume> volumes, UserId user, NodeId? node, CancellationToken ct)
    {
        foreach (var volume in volumes.Where(volume => node is null || !Digest.TryParse(volume.Text, out _)))
        {
            var view = await FindAsync(session, volume, ct);
            var order = OrderVerifier.Verify(view.Orders.Reservation).Order;
            node ??= order.Node;
            if (Refusal(order, user, node.Value) is { } refusal)
            {
                throw new FaultException(refusal.Code, $"{volume.Label} names reservation {view.Id}, which {refusal.What}", refusal.Remedy);
            }

            volume.Replace(view.Digest);
        }

        return node;
    }

    private static async Task<ReservationView> FindAsync(Session session, NamedVolume volume, CancellationToken ct)
    {
        try
        {
            return await Lookup.FindUncheckedAsync(session, volume.Text, TimeSpan.MaxValue, ct);
        }
        catch (FaultException e) when (e.Fault.Code is FaultCode.NotFound or FaultCode.Denied)
        {
            var known = e.Fault.Code == FaultCode.Denied ? "a reservation of somebody else" : "no reservation that this explorer knows";
            throw new FaultException(
                new Fault(
                    e.Fault.Code,
                    $"{volume.Label} names {known}",
                    "List yours with 'provision reservation list'. A digest is not looked up when --node is given.",
                    e.Fault),
                e);
        }
    }

    private static Fault? Refusal(Reservation order, UserId user, NodeId node) =>
        order.User != user ? new Fault(FaultCode.Denied, $"belongs to {order.User}", $"Name one of yours: you are {user}.")
        : WorkloadCatalog.Find(order.Kind) is not IProvidesVolume
            ? new Fault(FaultCode.Invalid, $"is a {order.Kind} and no volume", "Name a volume of yours.")
        : order.Node != node
            ? new Fault(
                FaultCode.Invalid, $"is on node {order.Node}, and the order goes to {node}", "Choose volumes of one node, and that node.")
        : null;
}

using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Workloads;

namespace Provision.Explorer.Feed;

public sealed partial class ExplorerCore
{
    /// <summary>Takes an order. Sending the same order again gives the same answer, also when its lease is over by then.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.Invalid"/> with every problem; <see cref="FaultCode.BadSignature"/>; <see cref="FaultCode.Denied"/>: somebody
    /// else's reservation; <see cref="FaultCode.NotFound"/>: it follows nothing we know; <see cref="FaultCode.Conflict"/>: nonce or counter
    /// is used.
    /// </exception>
    public Task<SubmittedOrder> SubmitAsync(Order order, CancellationToken ct = default) => order switch
    {
        Reservation reservation => SubmitReservationAsync(reservation, ct),
        FollowUp followUp => SubmitFollowUpAsync(followUp, ct),
        _ => throw new ArgumentException($"{order.Sort} is no sort of order", nameof(order)),
    };

    private async Task<SubmittedOrder> SubmitReservationAsync(Reservation order, CancellationToken ct)
    {
        var earlier = await store.FindReservationAsync(order.User, order.Nonce, ct);
        var again = earlier is not null && Unsigned(earlier.Content.Reservation) == Unsigned(order);
        if (!again && await CheckAsync(order, ct) is { Count: > 0 } problems)
        {
            throw new FaultException(Fault.Invalid("The reservation is not valid", problems));
        }

        var verified = Verify(order);
        var (stored, added) = await store.AddReservationAsync(verified, ct);
        if (stored.Digest != verified.Digest)
        {
            throw new FaultException(new Fault(FaultCode.Conflict, $"The nonce was used before, in reservation {stored.Content.Id}")
            {
                Problems = new Problems(
                [
                    new Problem(
                        "/reservation/nonce", $"belongs to {stored.Digest}, which says something else", "choose another nonce, sign again"),
                ]),
            });
        }

        if (added)
        {
            waiters.Wake(order.Node);
        }

        return new SubmittedOrder(verified.Digest, stored.Content.Id, added);
    }

    private async Task<List<Problem>> CheckAsync(Reservation order, CancellationToken ct)
    {
        List<Problem> problems = [.. LeaseRules.Check(order, time.GetUtcNow())];
        var module = kinds.FirstOrDefault(kind => kind.Kind == order.Kind);
        problems.AddRange(module?.Validate(order.Data) ?? [WorkloadCatalog.Unknown(order.Kind, kinds.Select(kind => kind.Kind))]);
        if (await store.FindNodeAsync(order.Node, ct) is not { } node)
        {
            problems.Add(
                new Problem("/reservation/node_id", $"is {order.Node}, which is not known here", "list nodes with 'provision node list'"));
        }
        else if (module is not null && !node.Kinds.Split(' ').Contains(order.Kind))
        {
            var offered = node.Kinds.Length > 0 ? node.Kinds : "nothing now";
            problems.Add(new Problem(
                "/reservation/type",
                $"is \"{order.Kind}\", which the node does not offer",
                $"order what it offers ({offered}), or on another node: list nodes with 'provision node list'"));
        }

        return problems;
    }

    private static Verified<Reservation> Verify(Reservation order)
    {
        try
        {
            return OrderVerifier.Verify(order);
        }
        catch (FaultException e)
        {
            throw At("/reservation/signature", "sign it again", e);
        }
    }

    private static Reservation Unsigned(Reservation order) => order with { Signature = default };
}

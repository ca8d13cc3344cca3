using System.Globalization;
using System.Text.Json;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Client;

public sealed partial class ExplorerClient
{
    // More than an explorer sends at a time; a page of it never ends a list.
    private const int PageMax = 1000;

    // Far more than anyone looks at; an explorer that never ends a list would fill our memory.
    private const int ListMax = 100_000;

    /// <summary>Hands over a signed order; when the task is done the explorer keeps it durably. Repeating it does no harm.</summary>
    /// <exception cref="FaultException">Why the explorer refuses, with every problem of the order.</exception>
    public Task<SubmittedOrder> SubmitAsync(Order order, CancellationToken ct) =>
        AskAsync(token => exchange.PostAsync($"{Api}/orders", OrderJson.Write(order), SubmittedOrder.Read, token), ct);

    /// <summary>The reservation of this alias or digest.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.NotFound"/>; <see cref="FaultCode.Invalid"/>: it is neither.</exception>
    public Task<ReservationView> FindReservationAsync(string idOrDigest, CancellationToken ct) =>
        AskAsync(
            async token =>
            {
                var view = await exchange.GetAsync($"{Api}/reservations/{Uri.EscapeDataString(idOrDigest)}", ReservationView.Read, token);
                return idOrDigest == view.Id.ToString() || idOrDigest == view.Digest.ToString()
                    ? view
                    : throw new FaultException(
                        FaultCode.Unavailable,
                        $"The explorer at {http.BaseAddress} answered with reservation {view.Id} when asked for {idOrDigest}",
                        "Ask its operator.");
            },
            ct);

    /// <summary>Every reservation, of this user and on this node where given, by alias.</summary>
    public Task<IReadOnlyList<ReservationView>> ListReservationsAsync(UserId? user, NodeId? node, CancellationToken ct)
    {
        var filter = (user is null ? "" : $"&user={user}") + (node is null ? "" : $"&node={node}");
        return ListAsync(
            $"{Api}/reservations?{filter}",
            "reservations",
            ReservationView.Read,
            view => view.Id.Reservation.ToString(CultureInfo.InvariantCulture),
            ct);
    }

    /// <summary>Every node.</summary>
    public async Task<IReadOnlyList<NodeView>> ListNodesAsync(CancellationToken ct)
    {
        var nodes = await ListAsync($"{Api}/nodes?", "nodes", Document(NodeRegistration.Read), node => node.Node.ToString(), ct);
        return [.. nodes.Select(node => new NodeView(node.Node, node.Farm, node.Kinds, node.Created, node.Offer))];
    }

    /// <summary>The registration of a node, signed by it.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.NotFound"/>; <see cref="FaultCode.BadSignature"/>: the explorer shows what the node did not sign.
    /// </exception>
    public async Task<NodeRegistration> FindNodeAsync(NodeId id, CancellationToken ct)
    {
        var node = await AskAsync(token => exchange.GetDocumentAsync($"{Api}/nodes/{id}", NodeRegistration.Read, token), ct);
        if (node.Node != id)
        {
            throw new FaultException(
                FaultCode.Unavailable,
                $"The explorer at {http.BaseAddress} answered with node {node.Node} when asked for {id}",
                "Ask its operator.");
        }

        node.Verify();
        return node;
    }

    /// <summary>Every farm.</summary>
    public Task<IReadOnlyList<FarmRegistration>> ListFarmsAsync(CancellationToken ct) =>
        ListAsync($"{Api}/farms?", "farms", Document(FarmRegistration.Read), farm => farm.Farm.ToString(), ct);

    /// <summary>Makes a farm known; repeating it does no harm.</summary>
    /// <exception cref="FaultException">Why the explorer refuses.</exception>
    public Task RegisterFarmAsync(FarmRegistration farm, CancellationToken ct) =>
        AskAsync(token => exchange.PostAsync($"{Api}/farms", CanonicalJson.Build(farm.Write), form => form.Text("farm_id"), token), ct);

    /// <summary>A page of a node's receipts after this sequence, in their order; empty at the end of the chain.</summary>
    public Task<IReadOnlyList<Receipt>> ListReceiptsAsync(NodeId node, long after, CancellationToken ct) => AskAsync(
        token => exchange.GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"{Api}/nodes/{node}/receipts?after={after}"),
            form => form.List("receipts", PageMax, Document(ReceiptJson.Read)),
            token),
        ct);

    /// <summary>Returns when the explorer says that it is well: what the time is there, if it says that, too.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Unavailable"/>: it cannot be reached, or is something else.</exception>
    public Task<DateTimeOffset?> HealthAsync(CancellationToken ct) =>
        AskAsync(token => exchange.GetHealthAsync($"{Api}/health", token), ct);

    private async Task<IReadOnlyList<T>> ListAsync<T>(
        string route, string name, Func<JsonElement, string, ICollection<Problem>, T?> read, Func<T, string> key, CancellationToken ct)
        where T : class
    {
        var all = new List<T>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var after = all.Count == 0 ? "" : $"&after={key(all[^1])}";
            var page = await AskAsync(token => exchange.GetAsync(route + after, form => form.List(name, PageMax, read), token), ct);
            all.AddRange(page);
            if (page.Count == 0)
            {
                return all;
            }

            if (all.Count > ListMax)
            {
                throw new FaultException(
                    FaultCode.Unavailable,
                    $"The explorer at {http.BaseAddress} lists more than {ListMax} {name}",
                    "Ask for less, for instance what is on one node; if it cannot be as many, ask its operator.");
            }

            // An explorer that repeats itself would keep us here for ever.
            if (!page.All(item => seen.Add(key(item))))
            {
                throw new FaultException(
                    FaultCode.Unavailable, $"The explorer at {http.BaseAddress} lists something twice", "Ask its operator.");
            }
        }
    }

    private static Func<JsonElement, string, ICollection<Problem>, T?> Document<T>(Func<JsonElement, T> read)
        where T : class =>
        (element, pointer, problems) =>
        {
            try
            {
                return read(element);
            }
            catch (FaultException e)
            {
                foreach (var problem in e.Fault.Problems)
                {
                    problems.Add(problem with { Pointer = pointer + problem.Pointer });
                }

                return null;
            }
        };
}

using System.Text.Json;
using Provision.Machine;
using Provision.Machine.Networks;
using Provision.Provisioning;
using Provision.Provisioning.Shared;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Workloads.Network;

/// <summary>A private network: addresses of its user's own, a gateway, and a way out; nobody outside reaches what is in it.</summary>
public sealed class NetworkModule : WorkloadModule<NetworkSpec, NetworkStep>, IProvidesNetwork
{
    /// <inheritdoc/>
    public override string Kind => "network";

    /// <inheritdoc/>
    public override string Summary => "A private network: containers of yours reach each other in it, and the world through it.";

    /// <inheritdoc/>
    public override int Rank => 0;

    /// <inheritdoc/>
    public override IReadOnlyList<Ability> Abilities { get; } = [Ability.Networks];

    /// <inheritdoc/>
    public override bool KeepsData => false;

    /// <inheritdoc/>
    public override IReadOnlyList<Field> Fields { get; } =
    [
        new("name", FieldType.Text, "What you call it. A second order of the same name is a new version of the same network.")
        {
            Required = true,
        },
        new("ip_range", FieldType.Text, $"All its addresses, /8 to /24; {NetworkSpec.RangeDefault} when left out.") { ValueName = "CIDR" },
        new(
            "net_resources/0/subnet",
            FieldType.Text,
            $"Its addresses on the node, /{NetworkSpec.SubnetPrefixMin} to /{NetworkSpec.SubnetPrefixMax}; "
            + "the second /24 of the range when left out.")
        {
            ValueName = "CIDR",
        },
    ];

    /// <inheritdoc/>
    protected override NetworkSpec? Read(JsonForm form) => NetworkForm.Read(form);

    /// <inheritdoc/>
    protected override Plan Plan(Digest reservation, Reservation order, NetworkSpec spec, MachineFacts facts)
    {
        RequireNode(spec, order);
        var id = NetworkDerivation.IdOf(order.User, spec.Name);
        var gateway = NetworkDerivation.GatewayOf(spec.Subnet);
        var step = new EnsureNetwork(
            id.ToString(),
            reservation.ToString(),
            Nanoseconds.Of(order.Created),
            spec.Subnet.ToString(),
            gateway.ToString(),
            NetworkDerivation.Ipv6Of(id, gateway).ToString(),
            Peers: []);
        RequireCapacity(id, facts);
        RequireRoom(spec, step.Order, facts);
        return new Plan([step], []) { Provides = [SharedName.Of(id)] };
    }

    /// <inheritdoc/>
    protected override ResourceUnits Units(NetworkSpec spec) => new(0, 0, 0, 0);

    /// <inheritdoc/>
    public NetworkOrder NetworkOf(Plan plan) => ((EnsureNetwork)plan.Steps[0]).Order;

    /// <inheritdoc/>
    public override CanonicalJson Result(ReservationId id, Plan? plan) => CanonicalJson.Build(writer =>
    {
        var step = plan?.Steps is [EnsureNetwork made, ..] ? made : null;
        writer.WriteStartObject();
        writer.WriteString("network_id", step?.Network ?? "");
        writer.WriteString("subnet", step?.Subnet ?? "");
        writer.WriteString("gateway", step?.Gateway ?? "");
        writer.WriteString("gateway6", step?.Gateway6 ?? "");
        writer.WriteEndObject();
    });

    /// <inheritdoc/>
    public override Step ReadStep(JsonElement json)
    {
        try
        {
            return json.Deserialize(NetworkJson.Default.NetworkStep) ?? throw new JsonException("null is not a step");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new FaultException(new Fault(FaultCode.DataLoss, $"Not a step of a network: {e.Message}"), e);
        }
    }

    /// <inheritdoc/>
    protected override CanonicalJson WriteStep(NetworkStep step) =>
        CanonicalJson.Of(JsonSerializer.Serialize(step, NetworkJson.Default.NetworkStep));

    private static void RequireNode(NetworkSpec spec, Reservation order)
    {
        if (spec.Node is { } node && node != order.Node)
        {
            throw new FaultException(Fault.Invalid(
                "The network has no part for this node",
                [
                    new Problem(
                        $"{DataPointer}/net_resources/0/node_id",
                        $"is {node}, and the order is for {order.Node}",
                        "name the node of the order, or leave it out"),
                ]));
        }
    }

    // Another version of a network is no other network.
    private static void RequireCapacity(NetworkId id, MachineFacts facts)
    {
        var (mine, all) = (facts.Networks.Count(), facts.NetworksOfAll);
        var full = facts.Networks.Any(network => network.Network == id) ? null
            : mine >= NetworkSpec.OfUserMax ? $"is one more than the {NetworkSpec.OfUserMax} networks that a user has on a node at most"
            : all >= NetworkSpec.OfNodeMax ? $"is one more than the {NetworkSpec.OfNodeMax} networks that a node has at most"
            : null;
        if (full is not null)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.OutOfCapacity,
                    "Not enough room for another network",
                    "Use one that you have, cancel one and order this one again, or order it on another node.")
                {
                    Problems = new Problems([new Problem($"{DataPointer}/name", full, "name a network that is there, or another node")]),
                });
        }
    }

    // What runs keeps its addresses whatever a new version says.
    private static void RequireRoom(NetworkSpec spec, NetworkOrder order, MachineFacts facts)
    {
        var problems = facts.Networks.Where(network => network.Network == order.Network)
            .SelectMany(network => network.Taken)
            .Where(taken => !Subnets.IsForMembers(order, taken.Key))
            .Select(taken => new Problem(
                $"{DataPointer}/{spec.SubnetField}",
                $"leaves {spec.Subnet} without room for {taken.Key}, the address of reservation {taken.Value} in the same network",
                "choose a subnet that has room for it, or cancel that reservation first"))
            .ToList();
        if (problems.Count > 0)
        {
            throw new FaultException(Fault.Invalid(
                $"Network \"{spec.Name}\" has addresses in use that the new version has no room for", problems)
                with { Code = FaultCode.Conflict });
        }
    }
}

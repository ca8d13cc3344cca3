using System.Net;
using Provision.Machine.Networks;
using Provision.Provisioning;
using Provision.Provisioning.Shared;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Workloads.Network;

namespace Provision.Workloads.Container;

/// <summary>Which network a container joins, and with which addresses: chosen once, by its plan.</summary>
internal sealed record Membership(NetworkId Network, IReadOnlyList<IPAddress> Addresses)
{
    private const string Pointer = "/reservation/data/network";

    /// <summary>The name of the network as a shared thing.</summary>
    public SharedName Thing => SharedName.Of(Network);

    /// <summary>The step that joins it.</summary>
    public JoinNetwork ToStep(Digest owner) => new(
        owner.ToString(),
        Network.ToString(),
        [
            .. from address in Addresses
               from each in new[] { address, NetworkDerivation.Ipv6Of(Network, address) }
               select each.ToString(),
        ]);

    /// <summary>Chooses for a container of this user.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.NotFound"/>: no such network. <see cref="FaultCode.Invalid"/>, <see cref="FaultCode.Conflict"/>,
    /// <see cref="FaultCode.OutOfCapacity"/>: it has no such address, not any more, or none at all.
    /// </exception>
    public static Membership Choose(JoinSpec spec, UserId user, MachineFacts facts)
    {
        var id = NetworkDerivation.IdOf(user, spec.Network);
        var network = facts.Networks.FirstOrDefault(network => network.Network == id);
        var newest = network?.Versions.FirstOrDefault(version => !version.Ends)?.Order ?? throw NotHere(spec);
        var problems = spec.Addresses.Index()
            .Select(item => Check(network, newest, item.Item, $"{Pointer}/ips/{item.Index}"))
            .OfType<(FaultCode Code, Problem Problem)>()
            .ToList();
        if (problems.Count > 0)
        {
            throw new FaultException(Fault.Invalid(
                $"Network \"{spec.Network}\" does not have the addresses that were asked for", problems.Select(found => found.Problem))
                with { Code = problems[0].Code });
        }

        return new Membership(id, spec.Addresses.Count > 0 ? spec.Addresses : [ChooseFree(spec, network, newest)]);
    }

    private static (FaultCode Code, Problem Problem)? Check(NetworkFacts network, NetworkOrder newest, IPAddress address, string pointer)
    {
        if (Unfit(network, address) is { } version)
        {
            var order = version.Order;
            return (FaultCode.Invalid, new Problem(
                pointer,
                !order.Subnet.Contains(address) ? $"is {address}, which is not in the subnet {order.Subnet} of reservation {version.Id}"
                : address.Equals(order.Gateway) ? $"is {address}, which is the gateway's"
                : $"is {address}, which the subnet {order.Subnet} keeps for itself",
                RemedyOf(network, version, newest)));
        }

        return network.Taken.TryGetValue(address, out var owner)
            ? (FaultCode.Conflict, new Problem(
                pointer, $"is {address}, which reservation {owner} has", "choose another one, or leave it out"))
            : null;
    }

    private static string RemedyOf(NetworkFacts network, NetworkVersion unfit, NetworkOrder newest)
    {
        // Of two subnets one is in the other, or they have nothing in common.
        var smallest = network.Versions.Select(version => version.Order.Subnet).MaxBy(subnet => subnet.PrefixLength);
        var common = network.Versions.All(version => version.Order.Subnet.Contains(smallest.BaseAddress));
        return string.Join(", ", ((string?[])
        [
            common ? $"choose one of {smallest} but the first, the last and the gateway's" : null,
            unfit.Order == newest ? null : $"cancel reservation {unfit.Id}, whose subnet applies until it ends",
            "or leave it out",
        ]).OfType<string>());
    }

    private static IPAddress ChooseFree(JoinSpec spec, NetworkFacts network, NetworkOrder newest) =>
        Subnets.MembersOf(newest).FirstOrDefault(address => Unfit(network, address) is null && !network.Taken.ContainsKey(address))
        ?? throw new FaultException(new Fault(
            FaultCode.OutOfCapacity,
            $"Network \"{spec.Network}\" has no address left",
            "Cancel a container in it, or a version of it that has another subnet; or order a larger subnet under the same name.")
        {
            Problems = new Problems(
            [
                new Problem($"{Pointer}/network_id", $"has none of the addresses of {newest.Subnet} left", "choose another network"),
            ]),
        });

    // Any of its orders may be the last one to hold it: an address has to be one in all of them.
    private static NetworkVersion? Unfit(NetworkFacts network, IPAddress address) =>
        network.Versions.FirstOrDefault(version => !Subnets.IsForMembers(version.Order, address));

    private static FaultException NotHere(JoinSpec spec) => new(
        new Fault(FaultCode.NotFound, $"Network \"{spec.Network}\" is not here", "Order the network on this node first.")
        {
            Problems = new Problems(
            [
                new Problem(
                    $"{Pointer}/network_id",
                    $"is \"{spec.Network}\": no network of yours on this node whose lease runs",
                    "give the name of a network of yours on this node"),
            ]),
        });
}

using System.Net;
using System.Text.Json;
using Provision.Machine.Networks;
using Provision.Reservations;

namespace Provision.Machine.Simulated.State;

/// <summary>An order that holds a network.</summary>
internal sealed record HolderState(string Holder, long Version, string Subnet, string Gateway, string Gateway6)
{
    public static HolderState Of(NetworkOrder order) => new(
        order.Holder.ToString(), order.Version, order.Subnet.ToString(), order.Gateway.ToString(), order.Gateway6.ToString());

    public NetworkOrder ToOrder(NetworkId network) => new()
    {
        Network = network,
        Holder = DigestText.Parse(Holder),
        Version = Version,
        Subnet = IPNetwork.TryParse(Subnet, out var subnet) ? subnet : throw new JsonException($"{Subnet} is no subnet"),
        Gateway = AddressText.Parse(Gateway),
        Gateway6 = AddressText.Parse(Gateway6),
    };
}

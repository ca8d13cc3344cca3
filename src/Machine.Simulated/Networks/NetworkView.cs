using System.Globalization;
using System.Net;
using Provision.Machine.Containers;
using Provision.Machine.Networks;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Networks;

/// <summary>What one container sees of its network; nothing when it has none.</summary>
/// <param name="networks">The networks of the machine.</param>
/// <param name="order">The container.</param>
/// <param name="listens">Says whether another container of an owner runs and listens at a port.</param>
internal sealed class NetworkView(SimulatedNetworks networks, ContainerOrder order, Func<Digest, int, bool> listens)
{
    private SimulatedNetwork? Network => order.Network is { } id ? networks.Find(id) : null;

    private SimulatedMember? Member => Network?.Members.GetValueOrDefault(order.Owner);

    /// <summary>Throws the fault that keeps the container from being started, if there is one.</summary>
    public void Check()
    {
        if (order.Network is { } network && Member?.HasNamespace is not true)
        {
            throw new FaultException(
                FaultCode.NotFound, $"{order.Owner.Short} has no namespace in network {network}", "Let it join first.");
        }
    }

    /// <summary>True when it has this address.</summary>
    public bool Has(string address) =>
        IPAddress.TryParse(address, out var parsed) && (IPAddress.IsLoopback(parsed) || Member?.Has(parsed) is true);

    /// <summary>True when it can talk to a program that listens there.</summary>
    public bool Reaches(string address, string port) =>
        IPAddress.TryParse(address, out var parsed)
        && int.TryParse(port, CultureInfo.InvariantCulture, out var number)
        && Network is { Made: not null } network
        && Member?.HasLink is true
        && network.OwnerOf(parsed) is { } other
        && other.Has(parsed)
        && listens(other.Order.Owner, number);

    /// <summary>True when it is told to ask this address for names.</summary>
    public bool IsTold(string address) => Network is not null && NameServer.Address.ToString() == address;
}

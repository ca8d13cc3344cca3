using System.Net;
using Provision.Machine.Networks;
using Provision.Reservations;

namespace Provision.Provisioning;

/// <summary>A private network to a planner.</summary>
/// <param name="Network">Which.</param>
/// <param name="Versions">The open orders for it, the one that applies first.</param>
/// <param name="Taken">The addresses that open orders have in it, and whose each is.</param>
public sealed record NetworkFacts(
    NetworkId Network, IReadOnlyList<NetworkVersion> Versions, IReadOnlyDictionary<IPAddress, ReservationId> Taken);

/// <summary>What one order wants of a network.</summary>
/// <param name="Id">The explorer's alias of the order.</param>
/// <param name="Order">What it wants.</param>
/// <param name="Ends">It is on its way out, although the machine may have it yet: nothing new may rely on it.</param>
public sealed record NetworkVersion(ReservationId Id, NetworkOrder Order, bool Ends);

using System.Net;
using System.Text.Json.Serialization;
using Provision.Machine;
using Provision.Machine.Networks;
using Provision.Reservations;

namespace Provision.Workloads.Network;

/// <summary>The network is held by this order, and is as the newest of its orders says.</summary>
/// <param name="Network">The network.</param>
/// <param name="Holder">The order.</param>
/// <param name="Version">When the order was signed, Unix nanoseconds.</param>
/// <param name="Subnet">The addresses.</param>
/// <param name="Gateway">The gateway.</param>
/// <param name="Gateway6">Its IPv6 address.</param>
/// <param name="Peers">The parts of the network on other nodes; there are none yet.</param>
public sealed record EnsureNetwork(
    string Network,
    string Holder,
    long Version,
    string Subnet,
    string Gateway,
    string Gateway6,
    IReadOnlyList<PeerStep> Peers) : NetworkStep
{
    /// <inheritdoc/>
    public override ValueTask DoAsync(IMachine machine, CancellationToken ct) => machine.Networks.EnsureAsync(Order, ct);

    /// <inheritdoc/>
    public override ValueTask UndoAsync(IMachine machine, CancellationToken ct) =>
        machine.Networks.ReleaseAsync(Order.Network, Order.Holder, ct);

    /// <summary>The same to the machine.</summary>
    [JsonIgnore]
    public NetworkOrder Order => NetworkId.TryParse(Network, out var network) && Digest.TryParse(Holder, out var holder)
        ? new NetworkOrder
        {
            Network = network,
            Holder = holder,
            Version = Version,
            Subnet = IPNetwork.Parse(Subnet),
            Gateway = IPAddress.Parse(Gateway),
            Gateway6 = IPAddress.Parse(Gateway6),
        }
        : throw new InvalidOperationException($"\"{Network}\" or \"{Holder}\" is not what such a step holds.");
}

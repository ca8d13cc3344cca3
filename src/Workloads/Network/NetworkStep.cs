using System.Net;
using System.Text.Json.Serialization;
using Provision.Machine;
using Provision.Machine.Networks;
using Provision.Provisioning;
using Provision.Reservations;

namespace Provision.Workloads.Network;

/// <summary>The steps of a network, by the names that journals keep: a name is never changed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "step")]
[JsonDerivedType(typeof(EnsureNetwork), "ensure-network")]
public abstract record NetworkStep : Step;

/// <summary>The network is held by this order, and is as the newest of its orders says.</summary>
/// <param name="Network">The network.</param>
/// <param name="Holder">The order.</param>
/// <param name="Version">When the order was signed, Unix nanoseconds.</param>
/// <param name="Subnet">The addresses.</param>
/// <param name="Gateway">The gateway.</param>
/// <param name="Gateway6">Its IPv6 address.</param>
/// <param name="Peers">The parts of the network on other nodes; there are none yet.</param>
public sealed record EnsureNetwork(
    string Network, string Holder, long Version, string Subnet, string Gateway, string Gateway6, IReadOnlyList<PeerStep> Peers) : NetworkStep
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

/// <summary>The part of a network on another node, as its step keeps it.</summary>
/// <param name="Subnet">Its addresses.</param>
/// <param name="PublicKey">Its WireGuard key.</param>
/// <param name="AllowedIps">What may come from it.</param>
/// <param name="Endpoint">Where it listens; "" when it has to begin.</param>
public sealed record PeerStep(string Subnet, string PublicKey, IReadOnlyList<string> AllowedIps, string Endpoint);

/// <summary>JSON of the steps, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NetworkStep))]
internal sealed partial class NetworkJson : JsonSerializerContext;

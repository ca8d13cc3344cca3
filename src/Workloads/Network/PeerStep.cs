namespace Provision.Workloads.Network;

/// <summary>The part of a network on another node, as its step keeps it.</summary>
/// <param name="Subnet">Its addresses.</param>
/// <param name="PublicKey">Its WireGuard key.</param>
/// <param name="AllowedIps">What may come from it.</param>
/// <param name="Endpoint">Where it listens; "" when it has to begin.</param>
public sealed record PeerStep(string Subnet, string PublicKey, IReadOnlyList<string> AllowedIps, string Endpoint);

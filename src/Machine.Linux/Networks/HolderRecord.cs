namespace Provision.Machine.Linux.Networks;

/// <summary>What is kept on the disk of an order that holds a network.</summary>
/// <param name="Version">Of which version it is.</param>
/// <param name="Subnet">The network's IPv4 addresses.</param>
/// <param name="Gateway">Its gateway's IPv4 address.</param>
/// <param name="Gateway6">Its gateway's IPv6 address.</param>
internal sealed record HolderRecord(long Version, string Subnet, string Gateway, string Gateway6);

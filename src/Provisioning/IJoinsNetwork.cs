using System.Net;

namespace Provision.Provisioning;

/// <summary>A module whose workloads may be members of a private network of the same owner.</summary>
public interface IJoinsNetwork
{
    /// <summary>The IPv4 addresses that this plan of the module takes in the network it joins; none when it joins none.</summary>
    IReadOnlyList<IPAddress> AddressesOf(Plan plan);
}

using System.Net;
using Provision.Machine.Linux.Images;
using Provision.Machine.Linux.Storage;

namespace Provision.Machine.Linux;

/// <summary>What a node's machine is made of.</summary>
/// <param name="Root">A folder of this instance alone; its mode becomes 0700. Two instances with different roots do not meet.</param>
/// <param name="Pools">The pools; none is allowed.</param>
public sealed record LinuxMachineOptions(string Root, IReadOnlyList<PoolOptions> Pools)
{
    /// <summary>Where the farmer puts images for everybody (<c>local:NAME</c>); null: nowhere.</summary>
    public string? ImagesFolder { get; init; }

    /// <summary>
    /// Servers, each HOST:PORT as it is in an address, that images are fetched from although they are not on the internet.
    /// </summary>
    public IReadOnlyList<string> AllowedImageHosts { get; init; } = [];

    /// <summary>
    /// Where networks may go although it is not the internet: this machine, its neighbours, private ranges. Of IPv4.
    /// </summary>
    public IReadOnlyList<IPNetwork> AllowedDestinations { get; init; } = [];

    /// <summary>Who networks ask for names, of IPv4; null: whom <c>/etc/resolv.conf</c> names, but for this machine itself.</summary>
    public IReadOnlyList<IPAddress>? Resolvers { get; init; }

    /// <summary>How much of anything a stranger's image may take until it is unpacked.</summary>
    public FetchLimits FetchLimits { get; init; } = new();
}

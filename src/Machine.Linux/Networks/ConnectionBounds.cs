using System.Globalization;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// How many connections networks may have at a time. The kernel tracks all of them in one table, of the machine and of whoever is on it,
/// and whoever fills it silences all others.
/// </summary>
/// <param name="Network">Those of one network.</param>
/// <param name="Resolvers">
/// Those of one network to resolvers: all networks have one address of the machine there, and so its 65,536 ports.
/// </param>
/// <param name="All">Those of all networks of the instance together.</param>
internal sealed record ConnectionBounds(int Network, int Resolvers, int All)
{
    /// <summary>In how many shares all are counted; a power of two.</summary>
    public const int Shares = 1024;

    private const string Size = "/proc/sys/net/netfilter/nf_conntrack_max";
    private const int SmallSize = 16384; // Until the kernel has loaded what knows it.
    private const int NetworkMost = 2048;
    private const int ResolversMost = 512;
    private const int Networks = 64;

    /// <summary>Those for the size of the table as it is now.</summary>
    public static ConnectionBounds Read() => For(
        File.Exists(Size) ? int.Parse(File.ReadAllText(Size), CultureInfo.InvariantCulture) : SmallSize);

    /// <summary>Those for a table of this size: the machine and its neighbours always have half of it.</summary>
    public static ConnectionBounds For(int size)
    {
        var network = Math.Clamp(size / Networks, 1, NetworkMost);
        return new(network, Math.Min(network, ResolversMost), Math.Max(size / 2, 1));
    }
}

using System.Buffers.Binary;
using System.Net;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>
/// The IPv4 addresses that networks of one node have in its own network: 100.127.0.2 and on, round, each network always the same one
/// (pkg/network/ndmz). Nothing gives one back.
/// </summary>
public sealed class UplinkLeases
{
    private const uint First = 0x647f0002;
    private const uint Last = 0x647ffffe;

    private readonly Dictionary<string, uint> leases = new(StringComparer.Ordinal);
    private readonly HashSet<uint> taken = [];
    private uint last = First - 1;

    /// <summary>The address of a network; null when none is left.</summary>
    public IPAddress? Lease(string network)
    {
        if (!leases.TryGetValue(network, out var address))
        {
            if (taken.Count > Last - First)
            {
                return null;
            }

            do
            {
                last = last == Last ? First : last + 1;
            }
            while (!taken.Add(last));

            leases[network] = address = last;
        }

        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new IPAddress(bytes);
    }
}

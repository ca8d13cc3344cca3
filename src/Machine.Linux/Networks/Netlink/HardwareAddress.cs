using System.Security.Cryptography;
using System.Text;

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>
/// Hardware addresses made of names: a link that is made again has the one that it had, which others remember for a while.
/// </summary>
internal static class HardwareAddress
{
    private const int Size = 6;

    /// <summary>Six bytes that say: of one station, and given by ourselves.</summary>
    public static byte[] Of(string seed)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(seed))[..Size];
        bytes[0] = (byte)((bytes[0] | 0x2) & 0xfe);
        return bytes;
    }
}

using System.Net;
using System.Security.Cryptography;

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>Questions about the rules of packet filters: linux/netfilter/nf_tables.h.</summary>
internal static class FilterMessages
{
    private const int Subsystem = 10 << 8; // NFNL_SUBSYS_NFTABLES
    private const int GetTable = Subsystem | 1; // NFT_MSG_
    private const int GetChains = Subsystem | 4;
    private const int GetRules = Subsystem | 7;
    private const int GetSets = Subsystem | 10;
    private const int GetElements = Subsystem | 13;
    private const int GetGeneration = Subsystem | 16;
    private const int HeaderSize = 4; // sizeof(struct nfgenmsg)
    private const int Table = 1; // NFTA_*_TABLE, the first attribute of all
    private const int SetName = 2; // NFTA_SET_NAME, NFTA_SET_ELEM_LIST_SET
    private const int SetFlags = 3; // NFTA_SET_FLAGS
    private const int Counts = 0x20; // NFT_SET_EVAL: packets put elements into it
    private const int TableFlags = 2; // NFTA_TABLE_FLAGS
    private const int Generation = 1; // NFTA_GEN_ID
    private const byte InetFamily = 1; // NFPROTO_INET

    /// <summary>A number that is another after each change of any rule in the namespace.</summary>
    public static int ReadGeneration(this NetlinkSocket socket)
    {
        using var request = Ask(GetGeneration, NetlinkSocket.Ask, 0);
        return NetlinkMessage.ToNumber(socket.Query(request, all: false)![0].Find(HeaderSize, Generation));
    }

    /// <summary>True when there is a table of the family <c>inet</c> of this name.</summary>
    public static bool HasTable(this NetlinkSocket socket, string table) => List(socket, GetTable, table).Any();

    /// <summary>
    /// Stands for all that a table of the family <c>inet</c> holds, in the kernel's own words; another table that does the same has
    /// another one.
    /// </summary>
    public static string Fingerprint(this NetlinkSocket socket, string table)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var message in List(socket, GetTable, table))
        {
            hash.AppendData(message.Find(HeaderSize, TableFlags)!.Value.Span); // A dormant table has all its rules and applies none.
        }

        foreach (var kind in new[] { GetChains, GetRules, GetSets })
        {
            foreach (var message in List(socket, kind, table))
            {
                if (kind == GetSets && IsCounting(message))
                {
                    continue; // What it holds is traffic, and the rules that put it there tell of the set.
                }

                hash.AppendData(message.Body.Span[HeaderSize..]);
                if (kind == GetSets)
                {
                    var set = NetlinkMessage.ToText(message.Find(HeaderSize, SetName)!.Value);
                    foreach (var elements in List(socket, GetElements, table, set))
                    {
                        hash.AppendData(elements.Body.Span[HeaderSize..]);
                    }
                }
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool IsCounting(NetlinkMessage set) =>
        (IPAddress.NetworkToHostOrder(NetlinkMessage.ToNumber(set.Find(HeaderSize, SetFlags))) & Counts) != 0;

    // The kernel may list what other tables hold, too.
    private static IEnumerable<NetlinkMessage> List(NetlinkSocket socket, int kind, string table, string? set = null)
    {
        using var request = Ask(kind, NetlinkSocket.AskAll, InetFamily);
        request.Add(Table, table);
        if (set is not null)
        {
            request.Add(SetName, set);
        }

        return (socket.Query(request, all: true) ?? [])
            .Where(message => message.Find(HeaderSize, Table) is { } name && NetlinkMessage.ToText(name) == table);
    }

    private static NetlinkRequest Ask(int type, int flags, byte family)
    {
        var request = new NetlinkRequest();
        request.Begin(type, flags, "The rules of the packet filter cannot be listed");
        request.Write([family, 0, 0, 0]);
        return request;
    }
}

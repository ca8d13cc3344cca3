using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Storage;

/// <summary>
/// btrfs by ioctl: 0.05 ms where a command takes 3. Numbers and layouts are those of linux/btrfs.h and linux/btrfs_tree.h, which are
/// fixed for ever. Every call takes a folder of the file system that is open; most need CAP_SYS_ADMIN.
/// </summary>
internal static unsafe class Btrfs
{
    /// <summary>The tree that holds the roots of all trees.</summary>
    public const ulong RootTree = 1;

    /// <summary>The tree of quota groups.</summary>
    public const ulong QuotaTree = 8;

    /// <summary>The least id of a subvolume; smaller ones are the file system's own trees.</summary>
    public const ulong FirstSubvolume = 256;

    public const uint RootItem = 132;
    public const uint RootReference = 156;
    public const uint GroupUsage = 242;
    public const uint GroupLimit = 244;

    private const nuint CreateSubvolumeRequest = 0x50009418; // BTRFS_IOC_SUBVOL_CREATE_V2
    private const nuint SnapshotRequest = 0x50009417; // BTRFS_IOC_SNAP_CREATE_V2
    private const nuint DestroySubvolumeRequest = 0x5000940f; // BTRFS_IOC_SNAP_DESTROY
    private const nuint DestroySubvolumeByIdRequest = 0x5000943f; // BTRFS_IOC_SNAP_DESTROY_V2
    private const nuint SearchRequest = 0xd0009411; // BTRFS_IOC_TREE_SEARCH
    private const nuint LookupRequest = 0xd0009412; // BTRFS_IOC_INO_LOOKUP
    private const nuint QuotaRequest = 0xc0109428; // BTRFS_IOC_QUOTA_CTL
    private const nuint GroupRequest = 0x4010942a; // BTRFS_IOC_QGROUP_CREATE
    private const nuint LimitRequest = 0x8030942b; // BTRFS_IOC_QGROUP_LIMIT
    private const int ArgumentSize = 4096;
    private const ulong LimitReferenced = 1; // BTRFS_QGROUP_LIMIT_MAX_RFER
    private const ulong LimitExclusive = 1 << 1; // BTRFS_QGROUP_LIMIT_MAX_EXCL
    private const ulong NoLimit = ulong.MaxValue; // CLEAR_VALUE
    private const ulong InheritLimits = 1; // BTRFS_QGROUP_INHERIT_SET_LIMITS
    private const ulong ReadOnly = 1 << 1; // BTRFS_SUBVOL_RDONLY
    private const ulong InheritGroup = 1 << 2; // BTRFS_SUBVOL_QGROUP_INHERIT
    private const ulong ById = 1 << 4; // BTRFS_SUBVOL_SPEC_BY_ID
    private const ulong QuotaOn = 1; // BTRFS_QUOTA_CTL_ENABLE

    /// <summary>Makes a subvolume that has its limit from the first moment: both are one transaction.</summary>
    public static Errno? CreateSubvolume(SafeFileHandle parent, string name, long limit)
    {
        // struct btrfs_qgroup_inherit: flags, three counts, then struct btrfs_qgroup_limit.
        var inherit = stackalloc ulong[9] { InheritLimits, 0, 0, 0, LimitReferenced, (ulong)limit, 0, 0, 0 };
        var argument = stackalloc byte[ArgumentSize];
        new Span<byte>(argument, ArgumentSize).Clear();
        var words = (ulong*)argument; // struct btrfs_ioctl_vol_args_v2: fd, transid, flags, size, pointer, two unused, name
        words[2] = InheritGroup;
        words[3] = 9 * sizeof(ulong);
        words[4] = (ulong)inherit;
        Encoding.UTF8.GetBytes(name, new Span<byte>(argument + 56, ArgumentSize - 57));
        return Run(parent, CreateSubvolumeRequest, argument);
    }

    /// <summary>
    /// Makes a copy of a subvolume that shares all it holds. Everything written into the source is on the disk when this returns, and the
    /// copy would survive a power failure. The kernel gives it the limits of its source, whatever it is told: set others afterwards.
    /// </summary>
    public static Errno? Snapshot(SafeFileHandle parent, string name, SafeFileHandle source, bool readOnly)
    {
        var argument = stackalloc byte[ArgumentSize];
        new Span<byte>(argument, ArgumentSize).Clear();
        ((ulong*)argument)[0] = (ulong)source.DangerousGetHandle();
        ((ulong*)argument)[2] = readOnly ? ReadOnly : 0;
        Encoding.UTF8.GetBytes(name, new Span<byte>(argument + 56, ArgumentSize - 57));
        return Run(parent, SnapshotRequest, argument);
    }

    /// <summary>Takes the subvolume out of its folder; the kernel frees its space in the background.</summary>
    public static Errno? DestroySubvolume(SafeFileHandle parent, string name)
    {
        var argument = stackalloc byte[ArgumentSize];
        new Span<byte>(argument, ArgumentSize).Clear(); // struct btrfs_ioctl_vol_args: fd, name
        Encoding.UTF8.GetBytes(name, new Span<byte>(argument + 8, ArgumentSize - 9));
        return Run(parent, DestroySubvolumeRequest, argument);
    }

    /// <summary>The same, wherever in the file system it is.</summary>
    public static Errno? DestroySubvolume(SafeFileHandle folder, ulong id)
    {
        var argument = stackalloc byte[ArgumentSize];
        new Span<byte>(argument, ArgumentSize).Clear();
        ((ulong*)argument)[2] = ById;
        *(ulong*)(argument + 56) = id;
        return Run(folder, DestroySubvolumeByIdRequest, argument);
    }

    /// <summary>The id of the subvolume that the folder lies in.</summary>
    public static Errno? FindSubvolume(SafeFileHandle folder, out ulong id)
    {
        var argument = stackalloc byte[ArgumentSize];
        new Span<byte>(argument, ArgumentSize).Clear(); // struct btrfs_ioctl_ino_lookup_args: tree, object, name
        ((ulong*)argument)[1] = FirstSubvolume; // the root folder of any subvolume
        var error = Run(folder, LookupRequest, argument);
        id = ((ulong*)argument)[0];
        return error;
    }

    /// <summary>Switches quotas on; where they are on already nothing happens.</summary>
    public static Errno? EnableQuota(SafeFileHandle folder)
    {
        var argument = stackalloc ulong[2] { QuotaOn, 0 };
        return Run(folder, QuotaRequest, argument);
    }

    /// <summary>Sets both limits of a subvolume, in bytes; null is none.</summary>
    public static Errno? SetLimits(SafeFileHandle folder, ulong id, long? referenced, long? exclusive)
    {
        var argument = stackalloc ulong[6]
        {
            id, LimitReferenced | LimitExclusive, (ulong?)referenced ?? NoLimit, (ulong?)exclusive ?? NoLimit, 0, 0,
        };
        return Run(folder, LimitRequest, argument);
    }

    /// <summary>Makes the quota group of a subvolume, or destroys it.</summary>
    public static Errno? SetGroup(SafeFileHandle folder, ulong id, bool exists)
    {
        var argument = stackalloc ulong[2] { exists ? 1UL : 0UL, id };
        return Run(folder, GroupRequest, argument);
    }

    /// <summary>What subvolumes take and may take, by id; of those with ids in this range, both ends included.</summary>
    public static Errno? ReadQuotas(SafeFileHandle folder, (ulong Min, ulong Max) ids, Dictionary<ulong, Quota> quotas)
    {
        var items = new List<TreeItem>();
        var error = Search(folder, QuotaTree, 0, (GroupUsage, GroupUsage), ids, items)
            ?? Search(folder, QuotaTree, 0, (GroupLimit, GroupLimit), ids, items);
        foreach (var item in items)
        {
            var quota = quotas.GetValueOrDefault(item.Offset);
            quotas[item.Offset] = item.Type switch
            {
                // struct btrfs_qgroup_info_item: generation, referenced, the same compressed, exclusive
                GroupUsage => quota with { Referenced = (long)item.Words.Second, Exclusive = (long)item.Words.Fourth },

                // struct btrfs_qgroup_limit_item: flags, referenced, exclusive
                GroupLimit => quota with
                {
                    ReferencedMax = (item.Words.First & LimitReferenced) != 0 ? (long)item.Words.Second : null,
                    ExclusiveMax = (item.Words.First & LimitExclusive) != 0 ? (long)item.Words.Third : null,
                },
                _ => quota,
            };
        }

        return error;
    }

    /// <summary>The items of a tree with this object id and a type and offset in these ranges, both ends included.</summary>
    public static Errno? Search(
        SafeFileHandle folder,
        ulong tree,
        ulong? objectId,
        (uint Min, uint Max) types,
        (ulong Min, ulong Max) offsets,
        List<TreeItem> items)
    {
        const int keySize = 104;
        var argument = stackalloc byte[ArgumentSize];
        var from = (Object: objectId ?? FirstSubvolume, Type: types.Min, Offset: offsets.Min);
        while (true)
        {
            new Span<byte>(argument, keySize).Clear();
            var words = (ulong*)argument; // struct btrfs_ioctl_search_key
            words[0] = tree;
            words[1] = from.Object;
            words[2] = objectId ?? ulong.MaxValue;
            words[3] = from.Offset;
            words[4] = offsets.Max;
            words[6] = ulong.MaxValue; // the newest transaction
            ((uint*)argument)[14] = from.Type;
            ((uint*)argument)[15] = types.Max;
            ((uint*)argument)[16] = uint.MaxValue;
            if (Run(folder, SearchRequest, argument) is { } error)
            {
                return error;
            }

            var count = (int)((uint*)argument)[16];
            if (count == 0)
            {
                return null;
            }

            var last = Read(new ReadOnlySpan<byte>(argument + keySize, ArgumentSize - keySize), count, items);
            from = last.Offset < ulong.MaxValue ? (last.ObjectId, last.Type, last.Offset + 1) : (last.ObjectId, last.Type + 1, 0);
        }
    }

    /// <summary>
    /// Each item is struct btrfs_ioctl_search_header and its bytes. The search compares whole keys, so types in between come too.
    /// </summary>
    private static TreeItem Read(ReadOnlySpan<byte> buffer, int count, List<TreeItem> items)
    {
        TreeItem item = default;
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(buffer[28..]);
            item = new TreeItem(
                MemoryMarshal.Read<ulong>(buffer[8..]),
                MemoryMarshal.Read<uint>(buffer[24..]),
                MemoryMarshal.Read<ulong>(buffer[16..]),
                length >= sizeof(ItemWords) ? MemoryMarshal.Read<ItemWords>(buffer[32..]) : default);
            items.Add(item);
            buffer = buffer[(32 + length)..];
        }

        return item;
    }

    private static Errno? Run(SafeFileHandle folder, nuint request, void* argument) =>
        Libc.Control(folder, request, argument) == 0 ? null : Errno.Last;
}

using System.Buffers.Binary;
using System.Globalization;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// A range of user and group ids for each container, which no other container of the machine has, of whatever instance. A slot is a file
/// in a folder of the whole machine that names its owner; one whose owner is no more can be taken.
/// </summary>
internal sealed class IdRanges(Places places)
{
    /// <summary>How many ids a container has: 0 to 65535.</summary>
    public const int Size = 65536;

    /// <summary>How many ranges there are.</summary>
    public const int Slots = 4096;

    // Above what distributions and directories give to people, below the signed half.
    private const uint First = 0x70000000;
    private static readonly string Folder = Path.Combine(Places.Shared, "ids");

    /// <summary>The least id of a slot.</summary>
    public static uint FirstOf(int slot) => First + ((uint)slot * Size);

    /// <summary>The slot of this owner: the one that it has, or a free one.</summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: every range is taken.</exception>
    public int Take(Digest owner)
    {
        Folders.Ensure(Folder);
        using var held = new FolderLock(Folder);
        var start = BinaryPrimitives.ReadUInt16BigEndian(Convert.FromHexString(owner.ToString()));
        for (var i = 0; i < Slots; i++)
        {
            var slot = (start + i) % Slots;
            if (IsFree(PathOf(slot), owner))
            {
                File.WriteAllText(PathOf(slot), TextOf(owner));
                return slot;
            }
        }

        throw new FaultException(
            FaultCode.Unavailable, $"All {Slots} ranges of user ids are taken by containers", "Remove some containers.");
    }

    /// <summary>Gives the slot back. Not this owner's: nothing to do.</summary>
    public void Return(int slot, Digest owner)
    {
        using var held = new FolderLock(Folder);
        if (File.Exists(PathOf(slot)) && File.ReadAllText(PathOf(slot)) == TextOf(owner))
        {
            File.Delete(PathOf(slot));
        }
    }

    /// <summary>Gives back all slots of the instance, of which nothing runs.</summary>
    public void ReturnAll()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        using var held = new FolderLock(Folder);
        foreach (var path in Directory.EnumerateFiles(Folder))
        {
            if (Path.GetDirectoryName(File.ReadAllText(path)) == places.Containers)
            {
                File.Delete(path);
            }
        }
    }

    // The path of what the owner keeps: of this instance or of another.
    private string TextOf(Digest owner) => places.KeptOf(owner);

    /// <summary>True when it is ours, was never finished, or its owner is gone.</summary>
    private bool IsFree(string path, Digest owner) =>
        !File.Exists(path) || File.ReadAllText(path) is var text && (text == TextOf(owner) || !Directory.Exists(text));

    private static string PathOf(int slot) => Path.Combine(Folder, slot.ToString(CultureInfo.InvariantCulture));
}

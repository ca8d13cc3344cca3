using System.Globalization;
using System.Net;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// Two addresses for the link between the machine and the router of each instance, which no other instance of the machine has. A slot is
/// a file in a folder of the whole machine that names its owner; one whose owner is no more can be taken. Whether the machine forwarded
/// packets before any instance came lies there, too: the last one to go leaves it as it was.
/// </summary>
internal sealed class RouterSlots(NetworkPlaces places)
{
    private const int Slots = 32768;
    private const int Prefix = 31;
    private const string Forwarding = "/proc/sys/net/ipv4/ip_forward";
    private const string WasOff = "forwarding-was-off";

    private static readonly string[] Redirects =
        ["/proc/sys/net/ipv4/conf/all/accept_redirects", "/proc/sys/net/ipv4/conf/default/accept_redirects"];

    private static readonly string AllFolders = Path.Combine(Places.Shared, "routers");

    // Where tests run, or a daemon in a container, there are machines beside the machine: net:[4026531840].
    private static readonly string Folder = Path.Combine(
        AllFolders, File.ResolveLinkTarget("/proc/self/ns/net", returnFinalTarget: false)!.Name.Trim('n', 'e', 't', ':', '[', ']'));

    /// <summary>True when the machine forwards only because we have it do so.</summary>
    public static bool ForwardsForUs => File.Exists(Path.Combine(Folder, WasOff));

    /// <summary>The addresses of this instance, its own slot or a free one; the machine forwards from now on.</summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: every slot is taken.</exception>
    public IPNetwork Take()
    {
        Folders.Ensure(AllFolders);
        using var held = new FolderLock(AllFolders);
        Folders.Ensure(Folder);
        var slots = ReadSlots();
        if (slots.Count == 0)
        {
            File.Delete(Path.Combine(Folder, WasOff)); // Of one who never let go.
        }

        if (!slots.TryGetValue(places.Networks, out var own))
        {
            var taken = slots.Values.ToHashSet();
            own = Enumerable.Range(0, Slots + 1).First(slot => !taken.Contains(slot));
            if (own == Slots)
            {
                throw new FaultException(FaultCode.Unavailable, $"All {Slots} routers of the machine are taken", "Remove some instances.");
            }

            File.WriteAllText(PathOf(own), places.Networks);
        }

        if (File.ReadAllText(Forwarding).Trim() == "0")
        {
            // A change of it changes these, too: ip-sysctl.rst of the kernel.
            File.WriteAllLines(Path.Combine(Folder, WasOff), Redirects.Select(File.ReadAllText).Select(text => text.Trim()));
            File.WriteAllText(Forwarding, "1");
        }

        return new IPNetwork(new IPAddress([100, 126, (byte)(own >> 7), (byte)(own << 1)]), Prefix);
    }

    /// <summary>Gives the slot back; the last one has the machine forward no more when it did not before. None: nothing to do.</summary>
    public void Return()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        using var held = new FolderLock(AllFolders);
        var slots = ReadSlots();
        if (slots.Remove(places.Networks, out var own))
        {
            File.Delete(PathOf(own));
        }

        if (slots.Count == 0)
        {
            if (ForwardsForUs)
            {
                File.WriteAllText(Forwarding, "0");
                foreach (var (setting, before) in Redirects.Zip(File.ReadAllLines(Path.Combine(Folder, WasOff))))
                {
                    File.WriteAllText(setting, before);
                }
            }

            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>The slots by their owners, those whose owner is gone left out.</summary>
    private static Dictionary<string, int> ReadSlots()
    {
        var slots = new Dictionary<string, int>();
        foreach (var path in Directory.EnumerateFiles(Folder))
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var slot)
                && File.ReadAllText(path) is var owner && Directory.Exists(owner))
            {
                slots[owner] = slot;
            }
        }

        return slots;
    }

    private static string PathOf(int slot) => Path.Combine(Folder, slot.ToString(CultureInfo.InvariantCulture));
}

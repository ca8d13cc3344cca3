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
    private static readonly string Folder = Path.Combine(Places.Shared, "routers");
    private static readonly string WasOff = Path.Combine(Places.Shared, "forwarding-was-off");

    /// <summary>The addresses of this instance, its own slot or a free one; the machine forwards from now on.</summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: every slot is taken.</exception>
    public IPNetwork Take()
    {
        Folders.Ensure(Folder);
        using var held = new FolderLock(Folder);
        SwitchForwardingOn();
        var slots = Directory.EnumerateFiles(Folder).ToDictionary(path => Path.GetFileName(path), File.ReadAllText);
        var own = slots.FirstOrDefault(slot => slot.Value == places.Networks).Key;
        if (own is not null)
        {
            return ToAddresses(int.Parse(own, CultureInfo.InvariantCulture));
        }

        for (var slot = 0; slot < Slots; slot++)
        {
            var name = slot.ToString(CultureInfo.InvariantCulture);
            if (!slots.TryGetValue(name, out var owner) || !Directory.Exists(owner))
            {
                File.WriteAllText(Path.Combine(Folder, name), places.Networks);
                return ToAddresses(slot);
            }
        }

        throw new FaultException(FaultCode.Unavailable, $"All {Slots} routers of the machine are taken", "Remove some instances.");
    }

    /// <summary>Gives the slot back; the last one has the machine forward no more when it did not before. None: nothing to do.</summary>
    public void Return()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        using var held = new FolderLock(Folder);
        foreach (var path in Directory.EnumerateFiles(Folder))
        {
            if (File.ReadAllText(path) is var owner && (owner == places.Networks || !Directory.Exists(owner)))
            {
                File.Delete(path);
            }
        }

        if (!Directory.EnumerateFiles(Folder).Any() && File.Exists(WasOff))
        {
            File.WriteAllText(Forwarding, "0");
            File.Delete(WasOff);
        }
    }

    private static void SwitchForwardingOn()
    {
        if (File.ReadAllText(Forwarding).Trim() == "0")
        {
            File.WriteAllText(WasOff, "");
            File.WriteAllText(Forwarding, "1");
        }
    }

    private static IPNetwork ToAddresses(int slot) => new(new IPAddress([100, 126, (byte)(slot >> 7), (byte)(slot << 1)]), Prefix);
}

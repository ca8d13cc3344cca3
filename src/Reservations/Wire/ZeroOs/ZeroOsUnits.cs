using Provision.Reservations.Faults;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>What of a node's capacity a reservation of Zero-OS v0.2.1 takes (provision/resource_units.go).</summary>
public static class ZeroOsUnits
{
    /// <summary>The units of a workload; none for a kind that Zero-OS does not count or know.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>: <c>data</c> cannot be read.</exception>
    public static ResourceUnits Of(string kind, ReadOnlyMemory<byte> data)
    {
        if (kind is "network" or "debug" || !ZeroOsTypes.Kinds.TryGetValue(kind, out var type))
        {
            return default;
        }

        var value = (GoObject)GoJson.Decode(type, data, whole: true).Require(kind)!;
        switch (kind)
        {
            case "container":
                var capacity = value.Object("capacity");
                return new ResourceUnits(capacity.Number("cpu"), Gib(capacity.Number("memory")), 0, 0);
            case "kubernetes":
                return ZeroOsRules.SizeOf((int)value.Number("size")) is var (cores, memory, disk)
                    ? new ResourceUnits(cores, Gib(memory), Gib(disk), 0)
                    : default;
            default:
                var size = value.Number("size");
                return value.Text(kind == "volume" ? "type" : "disk_type") switch
                {
                    "SSD" => new ResourceUnits(0, 0, size, 0),
                    "HDD" => new ResourceUnits(0, 0, 0, size),
                    _ => default,
                };
        }
    }

    /// <summary>The body in which a node says what is taken of it.</summary>
    public static string Write(ResourceUnits units) => GoJson.Encode(ZeroOsTypes.UsedResources, ZeroOsTypes.UsedResources.Make(
        ("sru", (Int128)units.Sru), ("hru", (Int128)units.Hru), ("mru", (Int128)units.Mru), ("cru", (Int128)units.Cru)));

    private static long Gib(long mib) => (long)Math.Ceiling((ulong)mib / 1024d);
}

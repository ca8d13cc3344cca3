using System.Text.Json;
using Provision.Reservations.Wire;

namespace Provision.Reservations;

/// <summary>The units in which capacity is counted (spec 01 §5.7).</summary>
/// <param name="Cru">Cores.</param>
/// <param name="Mru">Memory, GiB.</param>
/// <param name="Sru">Flash, GiB.</param>
/// <param name="Hru">Spinning disk, GiB.</param>
public readonly record struct ResourceUnits(long Cru, long Mru, long Sru, long Hru)
{
    /// <summary>The most of a unit that is read anywhere: so many GiB are a <see cref="ByteSize"/>.</summary>
    public const long Max = 1L << 32;

    /// <summary>The sum.</summary>
    public static ResourceUnits operator +(ResourceUnits left, ResourceUnits right) =>
        new(left.Cru + right.Cru, left.Mru + right.Mru, left.Sru + right.Sru, left.Hru + right.Hru);

    /// <summary>True when there is as much of each unit as in the other.</summary>
    public bool Covers(ResourceUnits other) => Cru >= other.Cru && Mru >= other.Mru && Sru >= other.Sru && Hru >= other.Hru;

    /// <summary>Writes the units as an object.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("cru", Cru);
        writer.WriteNumber("mru", Mru);
        writer.WriteNumber("sru", Sru);
        writer.WriteNumber("hru", Hru);
        writer.WriteEndObject();
    }

    /// <summary>Reads an object of units, each from 0 to <see cref="Max"/>; null when one is missing or wrong.</summary>
    public static ResourceUnits? Read(JsonForm form)
    {
        var (cru, mru, sru, hru) = (One("cru"), One("mru"), One("sru"), One("hru"));
        return cru is null || mru is null || sru is null || hru is null ? null : new(cru.Value, mru.Value, sru.Value, hru.Value);

        long? One(string name) => form.Int64(name, 0, Max);
    }
}

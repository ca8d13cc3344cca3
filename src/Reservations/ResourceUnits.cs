namespace Provision.Reservations;

/// <summary>The units in which capacity is counted (spec 01 §5.7).</summary>
/// <param name="Cru">Cores.</param>
/// <param name="Mru">Memory, GiB.</param>
/// <param name="Sru">Flash, GiB.</param>
/// <param name="Hru">Spinning disk, GiB.</param>
public readonly record struct ResourceUnits(long Cru, long Mru, long Sru, long Hru)
{
    /// <summary>The sum.</summary>
    public static ResourceUnits operator +(ResourceUnits left, ResourceUnits right) =>
        new(left.Cru + right.Cru, left.Mru + right.Mru, left.Sru + right.Sru, left.Hru + right.Hru);
}

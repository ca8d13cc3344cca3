using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Provisioning;

/// <summary>The most that a node promises in all, in units; null: what the machine has.</summary>
/// <param name="Cru">
/// Cores. They are shared, so without a bound their sum has none; a bound may be more than the machine has.
/// </param>
/// <param name="Mru">Memory, GiB.</param>
/// <param name="Sru">Flash, GiB.</param>
/// <param name="Hru">Spinning disk, GiB.</param>
public sealed record UnitBounds(long? Cru = null, long? Mru = null, long? Sru = null, long? Hru = null)
{
    /// <summary>True when a bound may have this value.</summary>
    public static bool IsBound(long units) => units is >= 0 and <= ResourceUnits.Max;

    /// <summary>What is wrong with the bounds; each problem's place is the name of the unit.</summary>
    public IEnumerable<Problem> Check() =>
        from bound in new[] { ("cru", Cru), ("mru", Mru), ("sru", Sru), ("hru", Hru) }
        where bound.Item2 is { } units && !IsBound(units)
        select new Problem(bound.Item1, $"is {bound.Item2}", $"give 0 to {ResourceUnits.Max}, or none");
}

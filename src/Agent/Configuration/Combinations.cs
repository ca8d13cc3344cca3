using Provision.Reservations.Faults;

namespace Provision.Agent.Configuration;

/// <summary>Values that are good by themselves and mean nothing together.</summary>
internal static class Combinations
{
    private static readonly (ConfigurationKey One, ConfigurationKey Other, string Why)[] Exclusive =
    [
        (ConfigurationTable.PoolSize, ConfigurationTable.Devices, "a pool lies on a file of that size or on devices"),
        (ConfigurationTable.Simulated, ConfigurationTable.Devices, "a machine in memory has no devices"),
    ];

    /// <summary>What is wrong with these values together.</summary>
    public static IEnumerable<Problem> Check(IReadOnlyList<EffectiveValue> values) =>
        from pair in Exclusive
        let one = values.Single(value => value.Key == pair.One)
        let other = values.Single(value => value.Key == pair.Other)
        where one.IsChosen && other.IsChosen
        select new Problem(
            PlaceOf(one), $"does not go with {pair.Other.Name} of {other.Source}: {pair.Why}", "take one of them out");

    private static string PlaceOf(EffectiveValue value) =>
        value.Origin == Origin.File ? $"{value.Source} {value.Key.Name}" : value.Source;
}

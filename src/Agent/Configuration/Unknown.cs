using Provision.Reservations.Faults;

namespace Provision.Agent.Configuration;

/// <summary>Names that are in no table.</summary>
internal static class Unknown
{
    /// <summary>The problem of a key that is none.</summary>
    public static Problem Key(string place, string name) => Describe(
        place, "key", "see the keys with 'provisiond config template'", Nearest.Find(name, ConfigurationTable.All.Select(key => key.Name)));

    /// <summary>The problem of a variable that is none.</summary>
    public static Problem Variable(string name) => Describe(
        name,
        "variable",
        "unset it; 'provisiond config show' lists the keys",
        Nearest.Find(name, ConfigurationTable.All.Select(key => key.Variable).Append(ConfigurationFile.Variable)));

    /// <summary>The problem of a flag that is none.</summary>
    public static Problem Flag(string name) => Describe(
        name,
        "flag",
        "see the flags with 'provisiond run --help'",
        Nearest.Find(name, ConfigurationTable.All.Select(key => key.Flag).Append(ConfigurationFile.Flag)));

    private static Problem Describe(string place, string sort, string remedy, string? nearest) =>
        new(place, $"is no {sort} of provisiond", nearest is null ? remedy : $"did you mean {nearest}?");
}

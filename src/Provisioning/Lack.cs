using Provision.Machine;
using Provision.Reservations.Faults;

namespace Provision.Provisioning;

/// <summary>Something that the machine cannot do, and what that means for orders.</summary>
/// <param name="Ability">What it cannot do.</param>
/// <param name="Kinds">The kinds that are not offered because of it.</param>
/// <param name="Fault">What is missing, and what whoever runs the node can do.</param>
public sealed record Lack(Ability Ability, IReadOnlyList<string> Kinds, Fault Fault)
{
    /// <summary>All that a machine lacks, for these kinds.</summary>
    public static IReadOnlyList<Lack> All(IReadOnlyDictionary<Ability, Fault> lacking, IReadOnlyList<IWorkloadModule> modules) =>
    [
        .. lacking.OrderBy(one => one.Key).Select(one => new Lack(
            one.Key, [.. modules.Where(module => module.Abilities.Contains(one.Key)).Select(module => module.Kind)], one.Value)),
    ];
}

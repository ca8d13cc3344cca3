namespace Provision.Machine.Linux.Doctor;

/// <summary>All checks of a machine.</summary>
public static class MachineChecks
{
    /// <summary>Those of this machine.</summary>
    /// <param name="root">The folder of an instance: its pools are looked at, if it has any.</param>
    public static IReadOnlyList<Check> Of(string root) => Of(root, new Surroundings());

    /// <summary>Those of the machine that these tell of.</summary>
    internal static IReadOnlyList<Check> Of(string root, Surroundings here) =>
    [
        .. new RightChecks(here).All,
        .. new KernelChecks(here).All,
        .. new ControlGroupChecks(here).All,
        .. new FileSystemChecks(here).All,
        .. new PoolChecks(here, root).All,
        .. new NetworkChecks(here).All,
        .. new ContainerChecks(here).All,
    ];
}

namespace Provision.Machine.Linux.Doctor;

/// <summary>All checks of a machine.</summary>
public static class MachineChecks
{
    /// <summary>Those of this machine, as an instance of these options needs it.</summary>
    public static IReadOnlyList<Check> Of(LinuxMachineOptions options) => Of(options, new Surroundings());

    /// <summary>Those of this machine where another in memory stands for it.</summary>
    public static IReadOnlyList<Check> OfMemory() => new KernelChecks(new Surroundings()).OfTime;

    /// <summary>Those of the machine that these tell of.</summary>
    internal static IReadOnlyList<Check> Of(LinuxMachineOptions options, Surroundings here) =>
    [
        .. new RightChecks(here).All,
        .. new KernelChecks(here).All,
        .. new ControlGroupChecks(here).All,
        .. new FileSystemChecks(here, options.Pools).All,
        .. new PoolChecks(here, options).All,
        .. new NetworkChecks(here, options.Resolvers).All,
        .. new ContainerChecks(here).All,
    ];
}

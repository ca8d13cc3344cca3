namespace Provision.Machine.Simulated.Faults;

/// <summary>The daemon died here. Not a fault: nobody may handle it but the harness that asked for it.</summary>
public sealed class CrashException(MachineCall call) : Exception($"The daemon is dead: {call}.")
{
    /// <summary>The call that was cut short, or that a dead daemon tried.</summary>
    public MachineCall Call { get; } = call;
}

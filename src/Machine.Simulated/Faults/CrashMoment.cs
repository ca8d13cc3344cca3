namespace Provision.Machine.Simulated.Faults;

/// <summary>On which side of an effect the daemon dies.</summary>
public enum CrashMoment
{
    /// <summary>The effect never happens.</summary>
    Before,

    /// <summary>The effect has happened and nobody was told.</summary>
    After,
}

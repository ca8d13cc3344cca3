namespace Provision.Machine.Containers;

/// <summary>Why a container does not run.</summary>
public enum EndCause
{
    /// <summary>Its first process returned, or a signal ended it.</summary>
    Exited,

    /// <summary>The kernel ended it because it was at its limit of memory.</summary>
    OutOfMemory,

    /// <summary>Somebody killed its supervisor; what was left of it was ended.</summary>
    SupervisorLost,

    /// <summary>The machine was booted since.</summary>
    Rebooted,
}

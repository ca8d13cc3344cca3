namespace Provision.Machine;

/// <summary>What a machine may be able to do; kinds of workload say which of it they need.</summary>
public enum Ability
{
    /// <summary>Pools and volumes with limits.</summary>
    Volumes,

    /// <summary>Unpacked images, and roots that begin as one.</summary>
    Images,

    /// <summary>Private networks.</summary>
    Networks,

    /// <summary>Containers.</summary>
    Containers,
}

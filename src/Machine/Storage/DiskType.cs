namespace Provision.Machine.Storage;

/// <summary>What a pool is made of (spec 01 §5.2).</summary>
public enum DiskType
{
    /// <summary>Flash.</summary>
    Ssd,

    /// <summary>Spinning.</summary>
    Hdd,
}

namespace Provision.Machine.Linux.Doctor;

/// <summary>How a check came out.</summary>
public enum CheckResult
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>The node runs all the same, with a fallback or with less.</summary>
    Warning,

    /// <summary>Something cannot be provided, or is about to break.</summary>
    Failed,
}

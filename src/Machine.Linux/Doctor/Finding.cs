using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Doctor;

/// <summary>What a check found.</summary>
/// <param name="Result">How it came out.</param>
/// <param name="Found">What was found, in a few words.</param>
public sealed record Finding(CheckResult Result, string Found)
{
    /// <summary>What is done instead; null: nothing, or nothing is needed.</summary>
    public string? Fallback { get; init; }

    /// <summary>What whoever runs the node can do; null when all is well.</summary>
    public string? Remedy { get; init; }

    /// <summary>All is well.</summary>
    public static Finding Ok(string found) => new(CheckResult.Ok, found);

    /// <summary>It goes on all the same.</summary>
    public static Finding Warning(string found, string? fallback, string remedy) =>
        new(CheckResult.Warning, found) { Fallback = fallback, Remedy = remedy };

    /// <summary>It does not work.</summary>
    public static Finding Failed(string found, string remedy) => new(CheckResult.Failed, found) { Remedy = remedy };

    /// <summary>It does not work, as the fault says.</summary>
    public static Finding Failed(Fault fault) =>
        Failed((fault with { Remedy = null }).Brief, fault.Remedy ?? "Look at the kernel's log: dmesg | tail");
}

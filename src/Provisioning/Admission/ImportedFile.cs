using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Admission;

/// <summary>What became of one file of a folder.</summary>
/// <param name="Name">The file.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record ImportedFile(string Name, ImportOutcome Outcome)
{
    /// <summary>The order; missing when none could be made of the file.</summary>
    public Digest Order { get; init; }

    /// <summary>The kind of workload; empty when it cannot be told.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Why the file was not taken; null when it was, or is known.</summary>
    public Fault? Why { get; init; }
}

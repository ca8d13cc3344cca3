using Provision.Reservations.Faults;

namespace Provision.Machine.Networks;

/// <summary>What came of a look at all networks.</summary>
/// <param name="Mended">What was made whole again, one line of text each; empty when all was well.</param>
/// <param name="Troubles">What is not well and stays so, until another look does not tell of it.</param>
public sealed record MendResult(IReadOnlyList<string> Mended, IReadOnlyList<Fault> Troubles);

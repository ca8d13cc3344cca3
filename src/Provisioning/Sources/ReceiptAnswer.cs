using Provision.Reservations.Faults;

namespace Provision.Provisioning.Sources;

/// <summary>What an explorer says to one receipt.</summary>
/// <param name="Sequence">The receipt.</param>
/// <param name="Fault">Null: the explorer has it, durably. Otherwise why not.</param>
public sealed record ReceiptAnswer(long Sequence, Fault? Fault);

using Provision.Reservations;

namespace Provision.Machine;

/// <summary>What a machine has for containers and virtual machines.</summary>
/// <param name="Cores">Logical processors.</param>
/// <param name="Memory">Memory that may be leased: the whole less what the machine itself needs.</param>
public sealed record MachineSize(int Cores, ByteSize Memory);

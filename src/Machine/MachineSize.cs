using Provision.Reservations;

namespace Provision.Machine;

/// <summary>What a machine has for containers and virtual machines.</summary>
/// <param name="Cores">Logical processors.</param>
/// <param name="Memory">All memory that is ours to use, by us and by what we run.</param>
public sealed record MachineSize(int Cores, ByteSize Memory)
{
    /// <summary>What of the memory the machine itself needs, for all it knows; its farmer may know better.</summary>
    public ByteSize Reserve { get; init; }
}

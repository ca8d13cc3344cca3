using Provision.Reservations;

namespace Provision.Machine.Containers;

/// <summary>A container as the machine has it.</summary>
/// <param name="Owner">The order it belongs to.</param>
/// <param name="End">How it ended; null while it runs.</param>
/// <param name="Restarts">How often it was started again since it was made, whatever had ended it, a reboot included.</param>
public sealed record Container(Digest Owner, ContainerEnd? End, int Restarts)
{
    /// <summary>True while it runs.</summary>
    public bool Runs => End is null;
}

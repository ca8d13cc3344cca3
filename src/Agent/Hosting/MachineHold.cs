using Provision.Machine;
using Provision.Machine.Simulated.Storage;

namespace Provision.Agent.Hosting;

/// <summary>A machine in hand. Letting go takes nothing away from it.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Simulated">Its storage, when it is simulated.</param>
/// <param name="Held">What to let go of.</param>
internal sealed record MachineHold(IMachine Machine, SimulatedStorage? Simulated, params IReadOnlyList<IDisposable> Held) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var held in Held)
        {
            held.Dispose();
        }
    }
}

using Provision.Machine.Simulated.Faults;

namespace Provision.Simulation.Faults;

/// <summary>What one kind of fault does to the calls that it can meet.</summary>
public sealed record MachineFault(FaultKind Kind, Func<MachineCall, bool> Meets, Func<Daemon, MachineCall, FaultKind, ValueTask> Act);

using Provision.Machine.Clock;
using Provision.Machine.Disk;
using Provision.Machine.Processes;
using Provision.Machine.Storage;

namespace Provision.Machine.Simulated;

/// <summary>A machine put together of parts, such as a real disk beside simulated storage.</summary>
public sealed record ComposedMachine(IDisk Disk, IStorage Storage, IProcesses Processes, IMachineClock Clock) : IMachine;

namespace Provision.Machine.Processes;

/// <summary>A program that runs.</summary>
/// <param name="Name">The name it was started under.</param>
/// <param name="Id">Its process id.</param>
/// <param name="StartTicks">
/// When it started, in clock ticks since boot (proc(5), field 22 of stat): with the id it names one process.
/// </param>
public sealed record RunningProcess(string Name, int Id, long StartTicks);

using Provision.Machine.Linux.Disk;
using Provision.Machine.Linux.Tests.Storage;
using Provision.Machine.Simulated;
using Provision.Workloads.Conformance;

namespace Provision.Machine.Linux.Tests.Crashes;

/// <summary>
/// The real disk and the real kernel under virtual time: one pool for all runs, a journal of its own for each. A crash is the death of
/// the daemon; this machine is needed for the next run, so its power does not fail.
/// </summary>
internal sealed class LinuxWorld : CrashWorld
{
    private readonly string folder;
    private readonly LinuxDisk disk;

    public LinuxWorld(LargePoolFixture pool)
    {
        folder = pool.FolderOf("journal");
        disk = new LinuxDisk(folder);
        var outside = new Outside(Pump);
        var clocks = new SimulatedMachine(Time, []);
        Machine = new ComposedMachine(clocks)
        {
            Disk = new OutsideDisk(disk, outside),
            Storage = new OutsideStorage(pool.Storage!, outside),
        };
    }

    public override IMachine Machine { get; }

    public override void Die()
    {
    }

    public override void Dispose()
    {
        disk.Dispose();
        Directory.Delete(folder, recursive: true);
        base.Dispose();
    }
}

using Provision.Machine;
using Provision.Machine.Simulated.Time;

namespace Provision.Workloads.Conformance;

/// <summary>What daemons live and die on: a machine, a clock and a thread. Made anew for each run of the harness.</summary>
public abstract class CrashWorld : IDisposable
{
    /// <summary>Starts at a fixed moment.</summary>
    protected CrashWorld()
    {
        Time = new VirtualTime(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
        Pump = new Pump(Time);
        Explorer = new MemoryExplorer(Time);
    }

    /// <summary>The clock.</summary>
    public VirtualTime Time { get; }

    /// <summary>The thread.</summary>
    public Pump Pump { get; }

    /// <summary>The explorer, which never dies.</summary>
    public MemoryExplorer Explorer { get; }

    /// <summary>The machine.</summary>
    public abstract IMachine Machine { get; }

    /// <summary>A daemon died; what else fails with it is up to the world: nothing, or the power.</summary>
    public abstract void Die();

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

using Provision.Machine.Simulated.Faults;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Tests.Worlds;

/// <summary>Counts what is done to the disk, and lets it fail.</summary>
public sealed class DiskFaults : IMachineObserver
{
    /// <summary>The verb that fails, or null.</summary>
    public string? Failing { get; set; }

    /// <summary>True: it fails after its effect.</summary>
    public bool After { get; set; }

    public List<MachineCall> Calls { get; } = [];

    public int Flushes => Calls.Count(call => call is { Port: "disk", Verb: "flush" });

    public ValueTask BeforeAsync(MachineCall call)
    {
        Calls.Add(call);
        return After ? ValueTask.CompletedTask : Strike(call);
    }

    public ValueTask AfterAsync(MachineCall call) => After ? Strike(call) : ValueTask.CompletedTask;

    private ValueTask Strike(MachineCall call) => call.Port == "disk" && call.Verb == Failing
        ? ValueTask.FromException(new FaultException(FaultCode.Unavailable, "No space left on device", "Free some space."))
        : ValueTask.CompletedTask;
}

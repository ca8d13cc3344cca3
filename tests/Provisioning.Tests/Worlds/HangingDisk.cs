using Provision.Machine.Simulated.Faults;

namespace Provision.Provisioning.Tests.Worlds;

/// <summary>A disk whose flushes never return from some moment on.</summary>
public sealed class HangingDisk : IMachineObserver
{
    /// <summary>True from that moment on.</summary>
    public bool Hangs { get; set; }

    /// <inheritdoc/>
    public ValueTask BeforeAsync(MachineCall call) =>
        Hangs && call.Verb == "flush" ? new ValueTask(new TaskCompletionSource().Task) : ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask AfterAsync(MachineCall call) => ValueTask.CompletedTask;
}

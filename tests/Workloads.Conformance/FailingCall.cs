using Provision.Machine.Simulated.Faults;
using Provision.Reservations.Faults;

namespace Provision.Workloads.Conformance;

/// <summary>Lets the n-th call with an effect fail, before or after it.</summary>
public sealed class FailingCall(int at, CrashMoment moment) : IMachineObserver
{
    /// <summary>What the fault says.</summary>
    public const string What = "failed on purpose";

    private int count;

    /// <summary>True when there was such a call.</summary>
    public bool Failed { get; private set; }

    /// <inheritdoc/>
    public ValueTask BeforeAsync(MachineCall call)
    {
        count += call.Effect ? 1 : 0;
        return Fail(call, CrashMoment.Before);
    }

    /// <inheritdoc/>
    public ValueTask AfterAsync(MachineCall call) => Fail(call, CrashMoment.After);

    private ValueTask Fail(MachineCall call, CrashMoment now)
    {
        if (!call.Effect || count != at || now != moment)
        {
            return ValueTask.CompletedTask;
        }

        Failed = true;
        return ValueTask.FromException(new FaultException(FaultCode.Unavailable, What));
    }
}

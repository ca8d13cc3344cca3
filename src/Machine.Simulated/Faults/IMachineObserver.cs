namespace Provision.Machine.Simulated.Faults;

/// <summary>Sees every call to a machine, and may throw to make a fault of it: before its effect, or after.</summary>
public interface IMachineObserver
{
    /// <summary>The call is about to be made; when this throws it is not made.</summary>
    ValueTask BeforeAsync(MachineCall call);

    /// <summary>True: the call is not made, and said to have succeeded all the same. Asked only of calls without a result.</summary>
    bool Skips(MachineCall call) => false;

    /// <summary>The call succeeded; when this throws its effect stays and the caller does not learn of it.</summary>
    ValueTask AfterAsync(MachineCall call);
}

using Provision.Machine.Simulated.Faults;
using Provision.Reservations.Faults;

namespace Provision.Simulation.Faults;

/// <summary>The faults that calls of a machine meet, before their effect and after it.</summary>
public static class MachineFaults
{
    private static readonly Func<MachineCall, bool> Any = _ => true;
    private static readonly Func<MachineCall, bool> NotDisk = call => call.Port != "disk";

    /// <summary>Before the effect: the first that is drawn acts.</summary>
    public static IReadOnlyList<MachineFault> Before { get; } =
    [
        new(FaultKinds.KillBeforeCall, Any, Kill),
        new(FaultKinds.CallHangs, Any, Hang),
        new(FaultKinds.CallFailsBefore, NotDisk, Fail),
        new(FaultKinds.ReadFails, Is("read"), Fail),
        new(FaultKinds.AppendFails, Is("append"), Fail),
        new(FaultKinds.FlushFails, Is("flush"), Fail),
        new(FaultKinds.FlushLoses, Is("flush"), Lose),
    ];

    /// <summary>After the effect.</summary>
    public static IReadOnlyList<MachineFault> After { get; } =
    [
        new(FaultKinds.KillAfterCall, Any, Kill),
        new(FaultKinds.CallAnswersLate, Any, Hang),
        new(FaultKinds.CallFailsAfter, NotDisk, Fail),
        new(FaultKinds.AppendFailsAfter, Is("append"), Fail),
    ];

    /// <summary>True for a call that the machine may say to have done when it did nothing.</summary>
    public static bool CanLie(MachineCall call) => call.Port is "storage" or "networks" or "images";

    private static Func<MachineCall, bool> Is(string verb) => call => call.Port == "disk" && call.Verb == verb;

    private static ValueTask Kill(Daemon daemon, MachineCall call, FaultKind kind)
    {
        daemon.Node.Kill();
        return Daemon.Never;
    }

    private static ValueTask Hang(Daemon daemon, MachineCall call, FaultKind kind) => daemon.HangAsync(call);

    private static ValueTask Fail(Daemon daemon, MachineCall call, FaultKind kind) =>
        ValueTask.FromException(new FaultException(FaultCode.Unavailable, kind.Name));

    private static ValueTask Lose(Daemon daemon, MachineCall call, FaultKind kind)
    {
        daemon.Node.LoseUnflushed(call.Subject);
        return Fail(daemon, call, kind);
    }
}

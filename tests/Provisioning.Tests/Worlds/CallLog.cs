using Provision.Machine.Simulated.Faults;
using Provision.Machine.Simulated.Time;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Tests.Worlds;

/// <summary>Notes what is asked of a machine, and lets calls fail before they have an effect.</summary>
public sealed class CallLog(VirtualTime time) : IMachineObserver
{
    public const string What = "out of order";

    public List<(MachineCall Call, TimeSpan At)> Seen { get; } = [];

    /// <summary>Runs before each call.</summary>
    public Action<MachineCall> On { get; set; } = _ => { };

    /// <summary>True: the call fails.</summary>
    public Func<MachineCall, bool> Fails { get; set; } = _ => false;

    /// <summary>When these calls were made, such as <c>containers ensure</c>.</summary>
    public IReadOnlyList<TimeSpan> TimesOf(string port, string verb) =>
        [.. Seen.Where(seen => seen.Call.Port == port && seen.Call.Verb == verb).Select(seen => seen.At)];

    public ValueTask BeforeAsync(MachineCall call)
    {
        Seen.Add((call, time.Elapsed));
        On(call);
        return Fails(call) ? ValueTask.FromException(new FaultException(FaultCode.Unavailable, What)) : ValueTask.CompletedTask;
    }

    public ValueTask AfterAsync(MachineCall call) => ValueTask.CompletedTask;
}

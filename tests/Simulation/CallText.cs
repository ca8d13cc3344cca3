using Provision.Machine.Simulated.Faults;

namespace Provision.Simulation;

/// <summary>What the subject of a call says.</summary>
public static class CallText
{
    /// <summary>Whose thing it is; not for images, whose subject is the image.</summary>
    public static string OwnerText(this MachineCall call) => call.Subject[(call.Subject.LastIndexOf('/') + 1)..];

    /// <summary>True for an effect on something that one order owns.</summary>
    public static bool IsOwned(this MachineCall call) =>
        call is { Effect: true, Port: "storage" or "networks" or "containers", Verb: not "mend" };

    /// <summary>True for an effect that takes away.</summary>
    public static bool TakesAway(this MachineCall call) => call.Verb is "remove" or "release" or "leave";
}

using Provision.Machine;

namespace Provision.Workloads.Conformance;

/// <summary>Everything on a machine that carries our mark, as a text that two moments can be compared by.</summary>
public static class Inventory
{
    /// <summary>The text; "" when there is nothing.</summary>
    public static async Task<string> OfAsync(IMachine machine)
    {
        var volumes = await machine.Storage.ListVolumesAsync(CancellationToken.None);
        var processes = await machine.Processes.ListAsync(CancellationToken.None);
        return string.Join('\n', volumes
            .Select(volume => $"volume {volume.Name} {volume.Limit}")
            .Concat(processes.Select(process => $"process {process.Name}")));
    }
}

using Provision.Machine;

namespace Provision.Workloads.Conformance;

/// <summary>Everything on a machine that carries our mark, as a text that two moments can be compared by.</summary>
public static class Inventory
{
    /// <summary>The text; "" when there is nothing. Images that nobody holds are a cache, and left out.</summary>
    public static async Task<string> OfAsync(IMachine machine)
    {
        var volumes = await machine.Storage.ListVolumesAsync(CancellationToken.None);
        var processes = await machine.Processes.ListAsync(CancellationToken.None);
        var images = await machine.Images.ListAsync(CancellationToken.None);
        var networks = await machine.Networks.ListAsync(CancellationToken.None);
        var containers = await machine.Containers.ListAsync(CancellationToken.None);
        return string.Join('\n', volumes
            .Select(volume => $"volume {volume.Name} {volume.Limit}")
            .Concat(images
                .Where(image => image.Holders.Count > 0)
                .Select(image => $"image {image.Name} held by {string.Join(' ', image.Holders)}"))
            .Concat(networks.Select(network => $"network {network.Id} {network.Subnet} held by {string.Join(' ', network.Holders)}"))
            .Concat(networks.SelectMany(network => network.Members)
                .Select(member => $"member {member.Owner} of {member.Network} at {string.Join(' ', member.Addresses)}"))
            .Concat(containers.Select(container => $"container {container}"))
            .Concat(processes.Select(process => $"process {process.Name}")));
    }
}

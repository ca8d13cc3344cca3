using Provision.Machine;
using Provision.Machine.Containers;
using Provision.Machine.Networks;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Simulation;

/// <summary>What is on a machine, and whose it is. For machines that answer at once.</summary>
public static class Belongings
{
    /// <summary>The result of a task that is done.</summary>
    public static T Now<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw NotDone();

    /// <summary>The end of a task that is done.</summary>
    public static void Now(Task task)
    {
        if (!task.IsCompleted)
        {
            throw NotDone();
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>Its containers.</summary>
    public static IReadOnlyList<Container> Containers(IMachine machine) =>
        Now(machine.Containers.ListAsync(CancellationToken.None).AsTask());

    /// <summary>Its networks.</summary>
    public static IReadOnlyList<Network> Networks(IMachine machine) => Now(machine.Networks.ListAsync(CancellationToken.None).AsTask());

    /// <summary>Its volumes and roots.</summary>
    public static IReadOnlyList<Volume> Volumes(IMachine machine) => Now(machine.Storage.ListVolumesAsync(CancellationToken.None).AsTask());

    /// <summary>Everything with its owner. Images that nobody holds are a cache, and left out.</summary>
    public static IReadOnlyList<(Digest Owner, string What)> All(IMachine machine) =>
    [
        .. Containers(machine).Select(container => (container.Owner, "container")),
        .. Networks(machine).SelectMany(network => network.Members.Select(member => (member.Owner, $"membership of {network.Id}"))),
        .. Networks(machine).SelectMany(network => network.Holders.Select(holder => (holder, $"hold on network {network.Id}"))),
        .. Volumes(machine).Select(volume => (volume.Name.Owner, "volume")),
        .. Now(machine.Images.ListAsync(CancellationToken.None).AsTask())
            .SelectMany(image => image.Holders.Select(holder => (holder, "hold on an image"))),
    ];

    private static InvalidOperationException NotDone() => new("A simulated machine answers at once.");
}

using Provision.Machine.Containers;
using Provision.Machine.Networks;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Simulation.Faults;

/// <summary>What programs do, and people with a shell on the machine. False: there was nothing to do it to.</summary>
public static class ByHand
{
    /// <summary>A program returns.</summary>
    public static bool EndContainer(FleetNode node, Random random) =>
        ToContainer(node, random, owner => node.Machine.Containers.End(owner, random.Next(256)));

    /// <summary>A supervisor is killed.</summary>
    public static bool KillSupervisor(FleetNode node, Random random) => ToContainer(node, random, node.Machine.Containers.KillSupervisor);

    /// <summary>A container is ended, and what is left of it removed.</summary>
    public static bool RemoveContainer(FleetNode node, Random random) => ToContainer(node, random, owner =>
    {
        node.Machine.Containers.KillSupervisor(owner);
        Belongings.Now(node.Machine.Containers.RemoveAsync(owner, TimeSpan.Zero, CancellationToken.None).AsTask());
    });

    /// <summary>The namespace of a network goes.</summary>
    public static bool RemoveNamespace(FleetNode node, Random random) =>
        To<Network>(Belongings.Networks(node.Machine), random, network => node.Machine.Networks.RemoveNamespace(network.Id));

    /// <summary>The rules of a network go.</summary>
    public static bool RemoveRules(FleetNode node, Random random) =>
        To<Network>(Belongings.Networks(node.Machine), random, network => node.Machine.Networks.RemoveRules(network.Id));

    /// <summary>The namespace of a member goes.</summary>
    public static bool RemoveMember(FleetNode node, Random random) => To<MemberOrder>(
        [.. Belongings.Networks(node.Machine).SelectMany(network => network.Members)],
        random,
        member => node.Machine.Networks.RemoveNamespace(member.Owner));

    /// <summary>A volume loses its limit.</summary>
    public static bool RemoveLimit(FleetNode node, Random random) => ToVolume(node, random, node.Machine.Storage.LoseLimit);

    /// <summary>A volume goes.</summary>
    public static bool RemoveVolume(FleetNode node, Random random) => ToVolume(
        node, random, name => Belongings.Now(node.Machine.Storage.RemoveVolumeAsync(name, CancellationToken.None).AsTask()));

    private static bool ToContainer(FleetNode node, Random random, Action<Digest> what) => To<Container>(
        [.. Belongings.Containers(node.Machine).Where(container => container.Runs)], random, container => what(container.Owner));

    // A daemon looks at its volumes when it starts.
    private static bool ToVolume(FleetNode node, Random random, Action<VolumeName> what) =>
        To<Volume>(Belongings.Volumes(node.Machine), random, volume =>
        {
            what(volume.Name);
            node.NeedsStart = true;
        });

    private static bool To<T>(IReadOnlyList<T> things, Random random, Action<T> what)
    {
        if (things.Count == 0)
        {
            return false;
        }

        what(things[random.Next(things.Count)]);
        return true;
    }
}

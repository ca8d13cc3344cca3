using Provision.Machine.Containers;
using Provision.Machine.Simulated.Containers;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Machine.Simulated.State;

/// <summary>A container, without its environment, which may hold secrets; memory in bytes.</summary>
internal sealed record ContainerState(
    string Owner,
    MountState Root,
    IReadOnlyList<string> Arguments,
    string WorkingFolder,
    IReadOnlyList<MountState> Mounts,
    int Cores,
    long Memory,
    ContainerEnd? End,
    int Restarts)
{
    /// <summary>The network that it is in.</summary>
    public string? Network { get; init; }

    public static ContainerState Of(SimulatedContainer container) => new(
        container.Order.Owner.ToString(),
        MountState.Of(new VolumeMount(container.Order.Root, "/")),
        container.Order.Arguments,
        container.Order.WorkingFolder,
        [.. container.Order.Mounts.Select(MountState.Of)],
        container.Order.Cores,
        container.Order.Memory.Bytes,
        container.End,
        container.Restarts)
    {
        Network = container.Order.Network?.ToString(),
    };

    public void Restore(SimulatedContainers containers)
    {
        var order = new ContainerOrder
        {
            Owner = DigestText.Parse(Owner),
            Root = Root.ToMount().Volume,
            Arguments = Arguments,
            Environment = new Dictionary<string, string>(),
            WorkingFolder = WorkingFolder,
            Mounts = [.. Mounts.Select(mount => mount.ToMount())],
            Network = Network is null ? null : NetworkState.ParseId(Network),
            Cores = Cores,
            Memory = new ByteSize(Memory),
        };
        containers.Restore(new SimulatedContainer(order) { End = End, Restarts = Restarts });
    }
}

/// <summary>A volume in a container.</summary>
internal sealed record MountState(string Pool, string Owner, string Target)
{
    public static MountState Of(VolumeMount mount) => new(mount.Volume.Pool, mount.Volume.Owner.ToString(), mount.Target);

    public VolumeMount ToMount() => new(new VolumeName(Pool, DigestText.Parse(Owner)), Target);
}

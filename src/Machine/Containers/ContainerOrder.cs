using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Machine.Containers;

/// <summary>A container to run.</summary>
public sealed record ContainerOrder
{
    /// <summary>The order it belongs to: its name on the machine.</summary>
    public required Digest Owner { get; init; }

    /// <summary>Its root folder, made before with <see cref="IStorage.EnsureRootAsync"/>.</summary>
    public required VolumeName Root { get; init; }

    /// <summary>The program and its arguments; a name without a slash is looked up in the container's <c>PATH</c>.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>
    /// The whole environment. It may hold secrets: it is written nowhere but where root alone can read, and not to a disk.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Where the program starts; made when it is not there.</summary>
    public string WorkingFolder { get; init; } = "/";

    /// <summary>Who it runs as, in the words of the image (<see cref="Images.ImageConfig.User"/>).</summary>
    public string User { get; init; } = "";

    /// <summary>The volumes it sees, none at or below another's target: what lies in a volume, tenants can replace by a link.</summary>
    public IReadOnlyList<VolumeMount> Mounts { get; init; } = [];

    /// <summary>
    /// The network whose member it is: it runs in the namespace that <see cref="Networks.INetworks.JoinAsync"/> made for its owner; null:
    /// a network of its own without a way out.
    /// </summary>
    public NetworkId? Network { get; init; }

    /// <summary>How many processors it may use at most.</summary>
    public required int Cores { get; init; }

    /// <summary>How much memory it may use, the pages of its files included.</summary>
    public required ByteSize Memory { get; init; }

    /// <summary>How many processes and threads it may have at once.</summary>
    public int ProcessesMax { get; init; } = 1024;
}

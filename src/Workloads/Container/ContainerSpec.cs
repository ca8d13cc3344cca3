using Provision.Machine.Images;
using Provision.Reservations;

namespace Provision.Workloads.Container;

/// <summary>A container as a user orders it (spec 01 §5.1).</summary>
public sealed record ContainerSpec
{
    /// <summary>The most memory, MiB: 4 TiB.</summary>
    public const long MemoryMiBMax = 1L << 22;

    /// <summary>The least memory, MiB: below it not even the start of a container is certain.</summary>
    public const long MemoryMiBMin = 16;

    /// <summary>The memory of a container whose order names none, MiB.</summary>
    public const long MemoryMiBDefault = 256;

    /// <summary>The largest root, MiB: 64 TiB.</summary>
    public const long DiskMiBMax = 1L << 26;

    /// <summary>The least root, MiB.</summary>
    public const long DiskMiBMin = 16;

    /// <summary>The root of a container whose order names none, MiB: that of Zero-OS.</summary>
    public const long DiskMiBDefault = 256;

    /// <summary>The most cores.</summary>
    public const long CoresMax = 1024;

    /// <summary>The image.</summary>
    public required ImageReference Image { get; init; }

    /// <summary>Variables that anybody may read.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Variables that only the node can read: hexadecimal sealed boxes, each bound to its order and its name.</summary>
    public required IReadOnlyDictionary<string, string> Secrets { get; init; }

    /// <summary>The program and its arguments; empty: what the image says.</summary>
    public required IReadOnlyList<string> Entrypoint { get; init; }

    /// <summary>The volumes it sees.</summary>
    public required IReadOnlyList<MountSpec> Mounts { get; init; }

    /// <summary>The network that it joins; null: none.</summary>
    public required JoinSpec? Network { get; init; }

    /// <summary>How many cores it may use.</summary>
    public required int Cores { get; init; }

    /// <summary>How much memory it may use.</summary>
    public required ByteSize Memory { get; init; }

    /// <summary>How much its root may hold beside the image.</summary>
    public required ByteSize Disk { get; init; }
}

using Provision.Reservations;

namespace Provision.Images;

/// <summary>How much of a stranger's image is taken before it is refused.</summary>
public sealed record UnpackLimits
{
    /// <summary>Bytes of all files together, unpacked.</summary>
    public ByteSize ContentMax { get; init; } = ByteSize.GiB(16);

    /// <summary>Entries of all layers together.</summary>
    public int EntriesMax { get; init; } = 500_000;

    /// <summary>Layers.</summary>
    public int LayersMax { get; init; } = 128;
}

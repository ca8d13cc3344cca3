using Provision.Reservations;

namespace Provision.Machine.Linux.Images;

/// <summary>How much of anything a stranger's image may take until it is unpacked.</summary>
public sealed record FetchLimits
{
    /// <summary>Bytes of one download.</summary>
    public ByteSize SizeMax { get; init; } = ByteSize.GiB(4);

    /// <summary>What downloads leave free of the disk that they lie on, which the journal shares.</summary>
    public ByteSize DiskReserve { get; init; } = ByteSize.GiB(1);

    /// <summary>How long a server may say nothing.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one download may take in all.</summary>
    public TimeSpan DownloadTimeMax { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long one image may take to be unpacked; others of its pool wait meanwhile.</summary>
    public TimeSpan UnpackTimeMax { get; init; } = TimeSpan.FromMinutes(10);
}

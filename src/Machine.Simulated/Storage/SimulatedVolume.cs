using Provision.Machine.Simulated.Images;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Storage;

/// <summary>What a volume holds: files by path, each only as large as it is, over those of the image that a root began as.</summary>
internal sealed class SimulatedVolume
{
    public ByteSize? Limit { get; set; }

    public SortedDictionary<string, long> Files { get; init; } = new(StringComparer.Ordinal);

    /// <summary>What it began as, and shares with others; null when it began empty.</summary>
    public SimulatedImage? Image { get; init; }

    public long Used => Files.Values.Sum();

    public long? SizeOf(string path) => Files.TryGetValue(path, out var own) ? own
        : Image?.Files.TryGetValue(path, out var shared) is true ? shared
        : null;

    /// <summary>True when the path is that of a file, a link or a folder.</summary>
    public bool Holds(string path) => path is "" || Files.ContainsKey(path) || Image?.Holds(path) is true
        || Files.Keys.Any(file => file.StartsWith(path + "/", StringComparison.Ordinal));

    /// <summary>True when the path is there and no folder.</summary>
    public bool HoldsOther(string path) => SizeOf(path) is not null || Image?.Links.ContainsKey(path) is true;
}

using Provision.Reservations;

namespace Provision.Machine.Simulated.Storage;

/// <summary>What a volume holds: files by name, each only as large as it is.</summary>
internal sealed class SimulatedVolume
{
    public ByteSize? Limit { get; set; }

    public SortedDictionary<string, long> Files { get; init; } = new(StringComparer.Ordinal);

    public long Used => Files.Values.Sum();
}

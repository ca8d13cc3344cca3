using Provision.Machine.Simulated.Images;
using Provision.Machine.Simulated.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Machine.Simulated.State;

/// <summary>A volume or root; sizes in bytes.</summary>
internal sealed record VolumeState(string Pool, string Owner, long? Limit, SortedDictionary<string, long> Files)
{
    /// <summary>What a root began as.</summary>
    public SimulatedImage? Image { get; init; }

    public static VolumeState Of(VolumeName name, SimulatedVolume volume) =>
        new(name.Pool, name.Owner.ToString(), volume.Limit?.Bytes, volume.Files) { Image = volume.Image };

    public void Restore(SimulatedStorage storage) => storage.Restore(
        new VolumeName(Pool, DigestText.Parse(Owner)),
        new SimulatedVolume
        {
            Limit = Limit is { } limit ? new ByteSize(limit) : null,
            Files = new(Files, StringComparer.Ordinal),
            Image = Image,
        });
}

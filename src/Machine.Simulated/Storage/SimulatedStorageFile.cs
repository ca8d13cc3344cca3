using System.Text.Json;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Storage;

/// <summary>
/// Keeps simulated storage in one JSON file, so that a daemon run with simulated storage finds its volumes again after it was killed.
/// The file is written whole beside its place and renamed: a kill at any moment leaves the old state or the new.
/// </summary>
public static class SimulatedStorageFile
{
    /// <summary>Takes up what the file holds, if there is one, and writes it anew after each change from now on.</summary>
    /// <exception cref="FaultException"><c>DataLoss</c>: the file is not one that this wrote.</exception>
    public static void Attach(SimulatedStorage storage, string path)
    {
        if (File.Exists(path))
        {
            Load(storage, path);
        }
        else
        {
            Save(storage, path);
        }

        storage.Changed += () => Save(storage, path);
    }

    private static void Load(SimulatedStorage storage, string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var state = JsonSerializer.Deserialize(stream, StorageStateJson.Default.StorageState)
                ?? throw new JsonException("null is no state");
            foreach (var volume in state.Volumes)
            {
                var owner = Digest.TryParse(volume.Owner, out var digest)
                    ? digest
                    : throw new JsonException($"{volume.Owner} is no digest");
                storage.Restore(
                    new VolumeName(volume.Pool, owner),
                    new SimulatedVolume
                    {
                        Limit = volume.Limit is { } limit ? new ByteSize(limit) : null,
                        Files = new(volume.Files, StringComparer.Ordinal),
                    });
            }
        }
        catch (JsonException e)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.DataLoss,
                    $"{path} does not hold simulated storage: {e.Message}",
                    "Delete it to begin with empty storage."),
                e);
        }
    }

    private static void Save(SimulatedStorage storage, string path)
    {
        var state = new StorageState(
        [
            .. storage.Volumes
                .OrderBy(volume => volume.Key.ToString(), StringComparer.Ordinal)
                .Select(volume => (Name: volume.Key, volume.Value.Limit, volume.Value.Files))
                .Select(volume => new VolumeState(volume.Name.Pool, volume.Name.Owner.ToString(), volume.Limit?.Bytes, volume.Files)),
        ]);
        var beside = path + ".new";
        try
        {
            using (var stream = File.Create(beside))
            {
                JsonSerializer.Serialize(stream, state, StorageStateJson.Default.StorageState);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (IOException e)
        {
            throw new FaultException(
                new Fault(FaultCode.Unavailable, $"{path} cannot be written: {e.Message}", "Free some space on its disk."), e);
        }
    }
}

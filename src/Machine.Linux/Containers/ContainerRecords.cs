using System.Text.Json;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations;

namespace Provision.Machine.Linux.Containers;

/// <summary>The records of containers, a folder each, which also holds the log.</summary>
internal sealed class ContainerRecords(Places places)
{
    private const string FileName = "record.json";

    /// <summary>The owners that have a folder, in order; whether or not its record was ever finished.</summary>
    public IReadOnlyList<Digest> Owners() => !Directory.Exists(places.Containers) ? [] :
    [
        .. Directory.EnumerateDirectories(places.Containers).Select(ToOwner).OfType<Digest>()
            .OrderBy(owner => owner.ToString(), StringComparer.Ordinal),
    ];

    /// <summary>The record; null when it was never finished, or there is none. One that cannot be read is of an unknown epoch.</summary>
    public ContainerRecord? Read(Digest owner)
    {
        var unreadable = new ContainerRecord("", 0, null);
        try
        {
            var bytes = File.ReadAllBytes(PathOf(owner));
            var record = JsonSerializer.Deserialize(bytes, ContainerRecordJson.Default.ContainerRecord);
            return record is { Restarts: >= 0 } ? record : unreadable;
        }
        catch (JsonException)
        {
            return unreadable;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Returns when a power failure would not take it back.</summary>
    public void Write(Digest owner, ContainerRecord record)
    {
        if (!Directory.Exists(places.KeptOf(owner)))
        {
            Folders.Ensure(places.Containers);
            Folders.Ensure(places.KeptOf(owner));
            Folders.Flush(places.Containers);
        }

        Folders.Replace(PathOf(owner), JsonSerializer.SerializeToUtf8Bytes(record, ContainerRecordJson.Default.ContainerRecord));
    }

    /// <summary>Removes the folder. None: nothing to do.</summary>
    public void Remove(Digest owner)
    {
        if (Directory.Exists(places.KeptOf(owner)))
        {
            Directory.Delete(places.KeptOf(owner), recursive: true);
            Folders.Flush(places.Containers);
        }
    }

    private static Digest? ToOwner(string path) => Digest.TryParse(Path.GetFileName(path), out var owner) ? owner : null;

    private string PathOf(Digest owner) => Path.Combine(places.KeptOf(owner), FileName);
}

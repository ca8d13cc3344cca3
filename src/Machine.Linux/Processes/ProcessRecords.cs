using System.Text.Json;
using Provision.Reservations.Files;

namespace Provision.Machine.Linux.Processes;

/// <summary>The records of programs, a file each, replaced whole. They need not survive a power failure: no program does.</summary>
internal sealed class ProcessRecords(string folder, string bootId)
{
    private const string Suffix = ".json";

    public ProcessRecord New(string name, int id, long startTicks) => new(name, id, startTicks, bootId);

    /// <summary>The names on record, of whatever boot.</summary>
    public IEnumerable<string> Names() =>
        Directory.EnumerateFiles(folder, "*" + Suffix).Select(path => Path.GetFileName(path)[..^Suffix.Length]);

    /// <summary>The record of this boot; null when there is none, and for one that no daemon of ours wrote.</summary>
    public ProcessRecord? Read(string name)
    {
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(name)), ProcessRecordJson.Default.ProcessRecord);
            return record is { Id: >= 0 } && record.Name == name && record.BootId == bootId ? record : null;
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return null;
        }
    }

    public void Write(ProcessRecord record) => WholeFile.Write(
        PathOf(record.Name),
        JsonSerializer.SerializeToUtf8Bytes(record, ProcessRecordJson.Default.ProcessRecord),
        UnixFileMode.UserRead | UnixFileMode.UserWrite,
        overwrite: true,
        durable: false);

    public void Remove(string name) => File.Delete(PathOf(name));

    private string PathOf(string name) => Path.Combine(folder, name + Suffix);
}

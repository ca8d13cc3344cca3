using Provision.Machine.Disk;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Disk;

/// <summary>A real folder that is there, left as it is, whoever writes in it meanwhile.</summary>
public sealed class ReadOnlyLinuxDisk(string folder) : IReadOnlyDisk
{
    private string Remedy => $"Look at the disk that holds {folder}: it may be broken.";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListAsync(CancellationToken ct) => Blocking.RunAsync<IReadOnlyList<string>>(
        "The folder cannot be listed", Remedy, () => ListFiles(folder));

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadAsync(string file, CancellationToken ct) => Blocking.RunAsync(
        $"{file} cannot be read", Remedy, () => File.ReadAllBytes(Path.Combine(folder, file)));

    /// <summary>The names of all files of a folder, in ordinal order.</summary>
    internal static IReadOnlyList<string> ListFiles(string folder) =>
        [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
